package dev.tiphys.apiserver.kubelet;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.tiphys.apiserver.http.ClientGoneException;
import dev.tiphys.apiserver.http.HttpExchange;
import dev.tiphys.apiserver.outbound.OutboundResponse;
import dev.tiphys.apiserver.outbound.Relay;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLContext;

/**
 * Passes whole requests on to a server in a pod or to a kubelet, and whatever it answers back to
 * the client: method, headers and body, and upgraded connections byte by byte. Who the client is
 * stays here. Thread-safe; blocks, so call it on virtual threads.
 */
public final class BackendProxy {

  private static final Set<String> NOT_PASSED_ON =
      Set.of(
          "host",
          "authorization",
          "cookie",
          "content-length",
          "transfer-encoding",
          "connection",
          "keep-alive",
          "te",
          "trailer",
          "proxy-authorization");

  /**
   * A server.
   *
   * @param scheme http or https; the latter's certificate is not checked, for pods have no names
   */
  public record Backend(String scheme, String host, int port) {
    @Override
    public String toString() {
      return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
    }
  }

  private final KubeletClient kubelets;
  private final SSLContext unchecked;
  private final Executor executor;

  /**
   * A proxy that keeps no connections.
   *
   * @param kubelets makes connections to kubelets
   * @param executor runs a task a connection on virtual threads
   */
  public BackendProxy(KubeletClient kubelets, Executor executor) {
    this.kubelets = kubelets;
    this.unchecked =
        KubeletTls.of(new KubeletConfig(null, null, null, KubeletConfig.DEFAULT_ADDRESS_TYPES));
    this.executor = executor;
  }

  /**
   * Passes a request on to a kubelet.
   *
   * @throws KubeletException if it cannot be reached
   */
  public void toKubelet(HttpExchange exchange, KubeletAddress kubelet, String target, byte[] body)
      throws IOException {
    try (Socket socket = kubelets.connect(kubelet)) {
      pass(exchange, socket, kubelet.toString(), target, body);
    }
  }

  /**
   * Passes a request on to a server in a pod.
   *
   * @param target path and query, encoded
   * @throws KubeletException if it cannot be reached
   */
  public void toPod(HttpExchange exchange, Backend backend, String target, byte[] body)
      throws IOException {
    try (Socket socket = connect(backend)) {
      pass(exchange, socket, backend.toString(), target, body);
    }
  }

  private Socket connect(Backend backend) throws KubeletException {
    Socket plain = new Socket();
    try {
      plain.setTcpNoDelay(true);
      plain.connect(
          new InetSocketAddress(backend.host(), backend.port()),
          (int) Limits.CONNECT_TIMEOUT.toMillis());
      plain.setSoTimeout((int) Limits.HEAD_TIMEOUT.toMillis());
      return backend.scheme().equals("https")
          ? unchecked.getSocketFactory().createSocket(plain, backend.host(), backend.port(), true)
          : plain;
    } catch (IOException e) {
      KubeletClient.end(plain);
      throw new KubeletException(
          "error trying to reach service: dial tcp " + backend + ": " + KubeletClient.reason(e), e);
    }
  }

  private void pass(HttpExchange exchange, Socket socket, String host, String target, byte[] body)
      throws IOException {
    boolean upgrade = exchange.headers().hasToken("Connection", "Upgrade");
    try {
      exchange.onClientGone(() -> executor.execute(() -> KubeletClient.end(socket)));
      OutputStream out = socket.getOutputStream();
      out.write(head(exchange, host, target, upgrade, body.length).getBytes(ISO_8859_1));
      out.write(body);
      OutboundResponse response =
          OutboundResponse.read(
              new BufferedInputStream(socket.getInputStream(), Limits.COPY_BYTES));
      socket.setSoTimeout(0);
      if (response.status() == 101) {
        kubelets.tunnel(exchange, response, socket);
      } else {
        Relay.stream(exchange, response);
      }
    } catch (IOException e) {
      if (exchange.clientGone()) {
        throw new ClientGoneException("the client is gone");
      }
      throw new KubeletException("error trying to reach service: " + e.getMessage(), e);
    }
  }

  private static String head(
      HttpExchange exchange, String host, String target, boolean upgrade, int length) {
    StringBuilder head = new StringBuilder(512);
    head.append(exchange.method()).append(' ').append(target).append(" HTTP/1.1\r\n");
    head.append("Host: ").append(host).append("\r\n");
    exchange
        .headers()
        .forEach((name, value) -> {
          String lower = name.toLowerCase(Locale.ROOT);
          boolean ours = NOT_PASSED_ON.contains(lower) || lower.startsWith("impersonate-");
          if (!ours || (upgrade && lower.equals("connection"))) {
            head.append(name).append(": ").append(value).append("\r\n");
          }
        });
    if (!upgrade) {
      head.append("Connection: close\r\n");
    }
    if (length > 0 || exchange.method().startsWith("P")) {
      head.append("Content-Length: ").append(length).append("\r\n");
    }
    return head.append("\r\n").toString();
  }
}
