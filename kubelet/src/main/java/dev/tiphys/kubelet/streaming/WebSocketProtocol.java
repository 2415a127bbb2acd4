package dev.tiphys.kubelet.streaming;

import java.util.Optional;

/**
 * The WebSocket protocols for commands: each binary message begins with a byte that names the
 * stream. In the fifth version a message of 255 and a stream's byte ends that stream.
 */
enum WebSocketProtocol {
  V5("v5.channel.k8s.io", true),
  V4("v4.channel.k8s.io", false);

  /** The first byte of a message that ends a stream. */
  static final byte CLOSE = (byte) 255;

  private final String protocolName;
  private final boolean endsStreams;

  WebSocketProtocol(String protocolName, boolean endsStreams) {
    this.protocolName = protocolName;
    this.endsStreams = endsStreams;
  }

  static Optional<WebSocketProtocol> named(String name) {
    for (WebSocketProtocol protocol : values()) {
      if (protocol.protocolName.equals(name)) {
        return Optional.of(protocol);
      }
    }
    return Optional.empty();
  }

  /** All of them, best first, as a WebSocket handshake wants them. */
  static String all() {
    return V5.protocolName + "," + V4.protocolName;
  }

  String protocolName() {
    return protocolName;
  }

  boolean endsStreams() {
    return endsStreams;
  }
}
