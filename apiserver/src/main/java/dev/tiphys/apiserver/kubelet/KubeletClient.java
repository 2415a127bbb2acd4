package dev.tiphys.apiserver.kubelet;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.tiphys.api.core.v1.Node;
import dev.tiphys.apiserver.http.ClientGoneException;
import dev.tiphys.apiserver.http.HttpExchange;
import dev.tiphys.apiserver.outbound.OutboundResponse;
import dev.tiphys.apiserver.outbound.Relay;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes requests on to kubelets: answers are streamed through as they come, upgraded connections
 * (WebSocket of any subprotocol, SPDY/3.1) byte by byte in both directions. Thread-safe; all
 * methods block, so call them on virtual threads.
 */
public final class KubeletClient {

  private static final Logger log = LoggerFactory.getLogger(KubeletClient.class);

  // Ours to say, or meant for us alone.
  private static final Set<String> NOT_PASSED_ON =
      Set.of("host", "authorization", "cookie", "content-length", "transfer-encoding");

  /**
   * A kubelet's answer other than success, which the caller is to tell the client in its own words.
   *
   * @param status as 404
   * @param contentType of the body
   * @param body what it says, cut off at some length
   */
  public record Refusal(int status, String contentType, byte[] body) {}

  private final SSLContext tls;
  private final KubeletConfig config;
  private final Executor executor;

  /**
   * A client that keeps no connections.
   *
   * @param executor runs a task a connection on virtual threads: one direction of an upgraded one
   * @throws dev.tiphys.daemon.ConfigException if a certificate or key cannot be used
   */
  public KubeletClient(KubeletConfig config, Executor executor) {
    this.tls = KubeletTls.of(config);
    this.config = config;
    this.executor = executor;
  }

  /**
   * Where a node's kubelet is.
   *
   * @throws KubeletException if the node does not say
   */
  public KubeletAddress addressOf(Node node) throws KubeletException {
    return KubeletAddress.of(node, config.preferredAddressTypes());
  }

  /**
   * Passes a request on and its answer back. Returns when all is done: for an upgraded connection
   * when it has ended.
   *
   * @param exchange not answered yet; its method and, for an upgrade, its headers are passed on
   * @param pathAndQuery to ask the kubelet for, encoded
   * @return null if the client has been answered; a refusal if the caller is to answer
   * @throws KubeletException if the kubelet cannot be reached
   * @throws ClientGoneException if the client went meanwhile
   */
  public @Nullable Refusal pass(HttpExchange exchange, KubeletAddress kubelet, String pathAndQuery)
      throws IOException {
    boolean upgrade = exchange.headers().hasToken("Connection", "Upgrade");
    try (SSLSocket socket = connect(kubelet)) {
      exchange.onClientGone(() -> executor.execute(() -> end(socket)));
      OutboundResponse response = ask(socket, exchange, kubelet, pathAndQuery, upgrade);
      if (response.status() == 101) {
        tunnel(exchange, response, socket);
        return null;
      }
      if (response.status() < 200 || response.status() > 299) {
        return new Refusal(
            response.status(),
            response.headers().firstOr("Content-Type", "text/plain"),
            response.body().readNBytes(Limits.REFUSAL_BYTES));
      }
      Relay.stream(exchange, response);
      return null;
    } catch (IOException e) {
      // The kubelet's connection was closed because the client had gone: that is no fault.
      throw exchange.clientGone() ? new ClientGoneException("the client is gone") : e;
    }
  }

  SSLSocket connect(KubeletAddress kubelet) throws KubeletException {
    Socket plain = new Socket();
    try {
      plain.setTcpNoDelay(true);
      plain.setKeepAlive(true);
      plain.connect(
          new InetSocketAddress(kubelet.host(), kubelet.port()),
          (int) Limits.CONNECT_TIMEOUT.toMillis());
      plain.setSoTimeout((int) Limits.HEAD_TIMEOUT.toMillis());
      SSLSocket socket =
          (SSLSocket)
              tls.getSocketFactory().createSocket(plain, kubelet.host(), kubelet.port(), true);
      if (config.certificateAuthority() != null) {
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
      }
      socket.startHandshake();
      return socket;
    } catch (IOException e) {
      end(plain);
      throw new KubeletException(
          "error dialing backend: dial tcp " + kubelet + ": " + reason(e), e);
    }
  }

  static String reason(IOException e) {
    String message = String.valueOf(e.getMessage());
    return message.equals("Connection refused") ? "connect: connection refused" : message;
  }

  private static OutboundResponse ask(
      SSLSocket socket,
      HttpExchange exchange,
      KubeletAddress kubelet,
      String pathAndQuery,
      boolean upgrade)
      throws KubeletException {
    StringBuilder head = new StringBuilder(512);
    head.append(exchange.method()).append(' ').append(pathAndQuery).append(" HTTP/1.1\r\n");
    head.append("Host: ").append(kubelet).append("\r\n");
    if (upgrade) {
      exchange
          .headers()
          .forEach((name, value) -> {
            if (!NOT_PASSED_ON.contains(name.toLowerCase(Locale.ROOT))) {
              head.append(name).append(": ").append(value).append("\r\n");
            }
          });
      if (!exchange.method().equals("GET")) {
        head.append("Content-Length: 0\r\n");
      }
    } else {
      head.append("Accept: */*\r\nConnection: close\r\n");
    }
    head.append("\r\n");
    try {
      socket.getOutputStream().write(head.toString().getBytes(ISO_8859_1));
      OutboundResponse response =
          OutboundResponse.read(
              new BufferedInputStream(socket.getInputStream(), Limits.COPY_BYTES));
      // From here on silence is legitimate: a log that says nothing, a shell that waits.
      socket.setSoTimeout(0);
      return response;
    } catch (IOException e) {
      throw new KubeletException("kubelet " + kubelet + " does not answer: " + e.getMessage(), e);
    }
  }

  void tunnel(HttpExchange exchange, OutboundResponse response, Socket socket) throws IOException {
    Relay.tunnel(exchange, response, socket.getOutputStream(), () -> end(socket), executor);
  }

  static void end(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      log.debug("socket did not close in order", e);
    }
  }
}
