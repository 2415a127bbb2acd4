package dev.tiphys.kubelet.probe;

import dev.tiphys.api.core.v1.TCPSocketAction;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Asks by opening a TCP connection: that it opens is good. */
final class TcpCheck {

  private TcpCheck() {}

  static Answer ask(TCPSocketAction action, Target target, Duration timeout) {
    OptionalInt port = target.port(action.port());
    if (port.isEmpty()) {
      return new Answer.Unasked("the container has no port " + action.port());
    }
    @Nullable String stated = action.host();
    String host = stated == null || stated.isEmpty() ? target.podIp() : stated;
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(host, port.getAsInt()), (int) timeout.toMillis());
      return new Answer.Good();
    } catch (IOException e) {
      return new Answer.Bad(describe(e, host, port.getAsInt()));
    }
  }

  /** An error in the words that operators search for. */
  static String describe(IOException e, String host, int port) {
    String where = "dial tcp " + host + ":" + port + ": ";
    return switch (e) {
      case SocketTimeoutException _ -> where + "i/o timeout";
      case NoRouteToHostException _ -> where + "connect: no route to host";
      case ConnectException _ -> where + "connect: connection refused";
      default -> String.valueOf(e.getMessage());
    };
  }
}
