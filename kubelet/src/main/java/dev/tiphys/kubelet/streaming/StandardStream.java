package dev.tiphys.kubelet.streaming;

/**
 * The streams of a command in a container. Their order is that of the WebSocket channels; their
 * names are the stream types of the SPDY protocol.
 */
enum StandardStream {
  STDIN("stdin"),
  STDOUT("stdout"),
  STDERR("stderr"),
  /** How the command ended: a Status in JSON. */
  ERROR("error"),
  /** Sizes of the client's terminal: {@code {"Width":80,"Height":24}} each. */
  RESIZE("resize");

  private final String typeName;

  StandardStream(String typeName) {
    this.typeName = typeName;
  }

  String typeName() {
    return typeName;
  }

  /** The first byte of each message of this stream. */
  byte channel() {
    return (byte) ordinal();
  }

  boolean flowsToContainer() {
    return this == STDIN || this == RESIZE;
  }
}
