package dev.tiphys.cri;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * Where a runtime listens: a unix domain socket, written {@code unix:///run/x.sock} or as a bare
 * absolute path.
 */
record SocketEndpoint(Path path) {
  private static final String SCHEME = "unix://";

  /** Throws IllegalArgumentException, with a message for the operator, for anything else. */
  static SocketEndpoint parse(String endpoint) {
    String text = endpoint.startsWith(SCHEME) ? endpoint.substring(SCHEME.length()) : endpoint;
    if (text.contains("://") || !text.startsWith("/")) {
      throw new IllegalArgumentException(
          "container runtime endpoint \""
              + endpoint
              + "\" is not a unix domain socket: write unix:///run/containerd/containerd.sock");
    }
    if (text.getBytes(StandardCharsets.UTF_8).length > Limits.SOCKET_PATH_BYTES) {
      throw new IllegalArgumentException(
          "container runtime endpoint \""
              + endpoint
              + "\" is longer than the "
              + Limits.SOCKET_PATH_BYTES
              + " bytes that Linux allows for a socket's path");
    }
    try {
      return new SocketEndpoint(Path.of(text));
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException(
          "container runtime endpoint \"" + endpoint + "\" is not a path: " + e.getReason(), e);
    }
  }

  /** Why nobody answers, in words an operator can act on. */
  String whyUnreachable() {
    if (!Files.exists(path)) {
      return "no container runtime at "
          + path
          + ": the socket does not exist; is the runtime running?";
    }
    if (!Files.isWritable(path)) {
      return "no access to the container runtime's socket " + path + ": permission denied";
    }
    return "the container runtime does not answer on " + path + ": is it running?";
  }

  @Override
  public String toString() {
    return SCHEME + path;
  }
}
