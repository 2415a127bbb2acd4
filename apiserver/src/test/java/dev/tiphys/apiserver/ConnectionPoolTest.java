package dev.tiphys.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.api.value.Bytes;
import dev.tiphys.apiserver.http.Headers;
import dev.tiphys.apiserver.http.TestCertificates;
import dev.tiphys.apiserver.outbound.ConnectionPool;
import dev.tiphys.apiserver.outbound.Peer;
import dev.tiphys.apiserver.outbound.ServiceAddresses;
import dev.tiphys.apiserver.outbound.Trust;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connections are used again, and a call survives that they were closed meanwhile. */
class ConnectionPoolTest {

  @TempDir static Path folder;

  private long now;
  private final ConnectionPool pool = new ConnectionPool(() -> now);

  @BeforeAll
  static void certificates() throws Exception {
    TestCertificates.in(folder);
  }

  private Peer peer(int port) throws IOException {
    Bytes bundle = Bytes.copyOf(Files.readAllBytes(folder.resolve("ca.crt")));
    return new Peer(
        ServiceAddresses.url("https://127.0.0.1:" + port + "/x"),
        Trust.anonymous().of(bundle),
        true);
  }

  private String ask(Peer peer) throws IOException {
    ConnectionPool.Answer answer =
        pool.ask(peer, "GET", "/x", Headers.EMPTY, new byte[0], Duration.ofSeconds(10), 1000);
    return new String(answer.body(), StandardCharsets.UTF_8);
  }

  @Test
  void callsShareAConnectionUntilItHasBeenIdleTooLong() throws Exception {
    try (TestHook hook = TestHook.start(folder);
        ConnectionPool _ = pool) {
      hook.serves(exchange -> "from " + exchange.getRemoteAddress().getPort());
      Peer peer = peer(hook.port());

      String first = ask(peer);
      assertThat(ask(peer)).isEqualTo(first);
      now += Duration.ofMinutes(1).toNanos();
      assertThat(ask(peer)).isNotEqualTo(first);
      assertThatThrownBy(() ->
              pool.ask(peer, "GET", "/x", Headers.EMPTY, new byte[0], Duration.ofSeconds(10), 3))
          .hasMessage("the answer is longer than 3 bytes");
    }
  }

  @Test
  void aConnectionThatWasClosedIsMadeAnew() throws Exception {
    List<String> asked = new CopyOnWriteArrayList<>();
    try (SSLServerSocket server =
            (SSLServerSocket)
                serverContext()
                    .getServerSocketFactory()
                    .createServerSocket(0, 5, InetAddress.getLoopbackAddress());
        ConnectionPool _ = pool) {
      Thread serving = Thread.startVirtualThread(() -> serve(server, asked));
      Peer peer = peer(server.getLocalPort());

      assertThat(ask(peer)).isEqualTo("ok");
      assertThat(ask(peer)).isEqualTo("ok");

      assertThat(asked).hasSize(2);
      server.close();
      serving.join();
    }
  }

  private static javax.net.ssl.SSLContext serverContext() throws Exception {
    javax.net.ssl.SSLContext tls = javax.net.ssl.SSLContext.getInstance("TLS");
    tls.init(
        new javax.net.ssl.KeyManager[] {
          dev.tiphys.daemon.tls.OwnCertificate.read(
              folder.resolve("server.crt"), folder.resolve("server.key"))
        },
        null,
        null);
    return tls;
  }

  /** Answers one request on each connection and closes it, which it does not announce. */
  private static void serve(SSLServerSocket server, List<String> asked) {
    while (!server.isClosed()) {
      try (SSLSocket socket = (SSLSocket) server.accept()) {
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
        asked.add(in.readLine());
        String line = in.readLine();
        while (line != null && !line.isEmpty()) {
          line = in.readLine();
        }
        socket
            .getOutputStream()
            .write(
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
                    .getBytes(StandardCharsets.US_ASCII));
      } catch (IOException _) {
        // The test has closed it.
        return;
      }
    }
  }
}
