package dev.tiphys.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.daemon.ConfigException;
import dev.tiphys.daemon.tls.OwnCertificate;
import dev.tiphys.daemon.tls.Pem;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whose certificate is revoked, or has another name, does not come in; at any URL. */
class CheckedTrustTest {
  @TempDir private Path directory = Path.of("");

  @Test
  void whoIsRevokedIsRefusedAndTheListMayGrow() throws Exception {
    var server = TestCertificate.make(directory, "server");
    var good = TestCertificate.make(directory, "good");
    var bad = TestCertificate.make(directory, "bad");
    var list = revoke(directory.resolve("list"), bad);
    int metrics = FreePort.pick();
    int peer = FreePort.pick();
    var flags = new ArrayList<>(flags(server, all(server, good, bad), metrics, peer));
    flags.add("--client-crl-file=" + list);
    flags.add("--peer-crl-file=" + list);
    try (var store = new TestStore(directory.resolve("data"), flags.toArray(String[]::new))) {
      for (int port : new int[] {store.ports().getLast(), metrics, peer}) {
        connect(server, good, port).close();
        assertThatThrownBy(() -> connect(server, bad, port)).isInstanceOf(IOException.class);
      }
      revoke(list, good);
      assertThatThrownBy(() -> connect(server, good, peer)).isInstanceOf(IOException.class);
    }
  }

  @Test
  void whoHasAnotherNameIsNoMember() throws Exception {
    var server = TestCertificate.make(directory, "server");
    var good = TestCertificate.make(directory, "good");
    var bad = TestCertificate.make(directory, "bad");
    int peer = FreePort.pick();
    var flags = new ArrayList<>(flags(server, all(server, good, bad), FreePort.pick(), peer));
    flags.add("--peer-cert-allowed-cn=good,better");
    try (var store = new TestStore(directory.resolve("data"), flags.toArray(String[]::new))) {
      connect(server, good, peer).close();
      assertThatThrownBy(() -> connect(server, bad, peer)).isInstanceOf(IOException.class);
      connect(server, bad, store.ports().getLast()).close(); // a client may
    }
  }

  @Test
  void whoIsOfAnotherHostIsNoMember() throws Exception {
    var server = TestCertificate.make(directory, "server");
    var good = TestCertificate.make(directory, "good", "dns:m1.example.com,ip:127.0.0.1");
    var bad = TestCertificate.make(directory, "m1.example.com"); // a common name does not count
    int peer = FreePort.pick();
    var flags = new ArrayList<>(flags(server, all(server, good, bad), FreePort.pick(), peer));
    flags.add("--peer-cert-allowed-hostname=m0.example.com,M1.example.com");
    try (var store = new TestStore(directory.resolve("data"), flags.toArray(String[]::new))) {
      connect(server, good, peer).close();
      assertThatThrownBy(() -> connect(server, bad, peer)).isInstanceOf(IOException.class);
      connect(server, bad, store.ports().getLast()).close(); // a client may
    }
  }

  @Test
  void whoCallsFromElsewhereThanItsCertificateSaysIsNoMember() throws Exception {
    var server = TestCertificate.make(directory, "server");
    var good = TestCertificate.make(directory, "good", "dns:localhost");
    var bad = TestCertificate.make(directory, "bad", "ip:192.0.2.1");
    var trusted = all(server, good, bad);
    int peer = FreePort.pick();
    var flags = new ArrayList<>(flags(server, trusted, FreePort.pick(), peer));
    try (var store = new TestStore(directory.resolve("data"), flags.toArray(String[]::new))) {
      connect(server, good, peer).close();
      assertThatThrownBy(() -> connect(server, bad, peer)).isInstanceOf(IOException.class);
      connect(server, bad, store.ports().getLast()).close(); // a client may
    }
    flags.add("--peer-skip-client-san-verification");
    try (var _ = new TestStore(directory.resolve("data"), flags.toArray(String[]::new))) {
      connect(server, bad, peer).close();
    }
  }

  @Test
  void whoIsOfAnotherHostIsNoClient() throws Exception {
    var server = TestCertificate.make(directory, "server");
    var good = TestCertificate.make(directory, "good", "dns:*.clients.example.com");
    var bad = TestCertificate.make(directory, "bad", "dns:clients.example.com,ip:127.0.0.1");
    int peer = FreePort.pick();
    int metrics = FreePort.pick();
    var flags = new ArrayList<>(flags(server, all(server, good, bad), metrics, peer));
    flags.add("--client-cert-allowed-hostname=a.clients.example.com");
    try (var store = new TestStore(directory.resolve("data"), flags.toArray(String[]::new))) {
      for (int port : new int[] {store.ports().getLast(), metrics}) {
        connect(server, good, port).close();
        assertThatThrownBy(() -> connect(server, bad, port)).isInstanceOf(IOException.class);
      }
      connect(server, bad, peer).close(); // a member may
    }
  }

  @Test
  void aMemberMayShowAnotherCertificateWhenItCalls() throws Exception {
    var server = TestCertificate.make(directory, "server");
    var caller = TestCertificate.make(directory, "caller");
    int peer = FreePort.pick();
    try (var other = listen(server, caller)) {
      var flags = new ArrayList<>(flags(server, all(server, caller), FreePort.pick(), peer));
      flags.removeIf(flag -> flag.startsWith("--initial-cluster="));
      flags.add(
          "--initial-cluster=default=https://127.0.0.1:%d,other=https://127.0.0.1:%d"
              .formatted(peer, other.getLocalPort()));
      flags.add("--peer-client-cert-file=" + caller.certificate());
      flags.add("--peer-client-key-file=" + caller.key());
      try (var store = new TestStore(directory.resolve("data"), flags.toArray(String[]::new));
          var socket = (SSLSocket) other.accept()) {
        socket.startHandshake();
        assertThat(socket.getSession().getPeerPrincipal().getName()).contains("CN=caller");
        assertThat(store.hasEnded()).isFalse();
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--peer-trusted-ca-file=x --peer-cert-allowed-cn=a --peer-cert-allowed-hostname=b"
            + "|--peer-cert-allowed-hostname: excludes --peer-cert-allowed-cn",
        "--peer-cert-allowed-hostname=b|--peer-cert-allowed-hostname: needs --peer-trusted-ca-file",
        "--client-cert-allowed-hostname=b|--client-cert-allowed-hostname: needs --trusted-ca-file",
        "--peer-client-cert-file=b|--peer-client-key-file: is needed beside the other one",
        "--peer-client-cert-file=b --peer-client-key-file=c"
            + "|--peer-client-cert-file: needs --peer-cert-file"
      })
  void whatWouldNotBeKeptIsRefused(String flags, String words) {
    assertThatThrownBy(() -> new TestStore(directory, flags.split(" ")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(words);
  }

  /** A place that asks callers for a certificate. */
  private static SSLServerSocket listen(TestCertificate server, TestCertificate caller)
      throws Exception {
    var context = SSLContext.getInstance("TLS");
    context.init(
        new KeyManager[] {OwnCertificate.read(server.certificate(), server.key())},
        trust(caller),
        null);
    var socket =
        (SSLServerSocket)
            context
                .getServerSocketFactory()
                .createServerSocket(0, 1, InetAddress.getLoopbackAddress());
    socket.setNeedClientAuth(true);
    socket.setSoTimeout((int) TestCluster.PATIENCE.toMillis());
    var parameters = socket.getSSLParameters();
    parameters.setApplicationProtocols(new String[] {"h2"});
    socket.setSSLParameters(parameters);
    return socket;
  }

  private static TrustManager[] trust(TestCertificate certificate) throws Exception {
    var known = KeyStore.getInstance("PKCS12");
    known.load(null, null);
    known.setCertificateEntry("it", Pem.certificates(certificate.certificate()).getFirst());
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(known);
    return trust.getTrustManagers();
  }

  private static List<String> flags(TestCertificate server, Path ca, int metrics, int peer) {
    var url = "https://127.0.0.1:" + peer;
    return List.of(
        "--listen-client-urls=https://127.0.0.1:0",
        "--cert-file=" + server.certificate(),
        "--key-file=" + server.key(),
        "--trusted-ca-file=" + ca,
        "--listen-metrics-urls=https://127.0.0.1:" + metrics,
        "--listen-peer-urls=" + url,
        // Another one, that never comes: a lone member does not listen.
        "--initial-cluster=default=" + url + ",none=https://127.0.0.1:1",
        "--peer-cert-file=" + server.certificate(),
        "--peer-key-file=" + server.key(),
        "--peer-trusted-ca-file=" + ca);
  }

  /** One file with all of them, each signed by itself. */
  private Path all(TestCertificate... certificates) throws IOException {
    var text = new StringBuilder();
    for (var certificate : certificates) {
      text.append(Files.readString(certificate.certificate()));
    }
    return Files.writeString(directory.resolve("all.crt"), text);
  }

  /** Writes a list with one certificate in it. */
  private Path revoke(Path list, TestCertificate certificate) throws Exception {
    var name = certificate.certificate().getFileName().toString().replace(".crt", ".p12");
    var process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-gencrl",
                "-rfc",
                "-alias",
                "it",
                "-id",
                Pem.certificates(certificate.certificate()).getFirst().getSerialNumber().toString(),
                "-file",
                list.toString(),
                "-storetype",
                "PKCS12",
                "-keystore",
                directory.resolve(name).toString(),
                "-storepass",
                "changeit")
            .redirectErrorStream(true)
            .start();
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return list;
  }

  private static SSLSocket connect(TestCertificate server, TestCertificate client, int port)
      throws Exception {
    var context = SSLContext.getInstance("TLS");
    context.init(
        new KeyManager[] {OwnCertificate.read(client.certificate(), client.key())},
        trust(server),
        null);
    var socket =
        (SSLSocket) context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
    // There the handshake ends only when the server has seen the certificate.
    socket.setEnabledProtocols(new String[] {"TLSv1.2"});
    var parameters = socket.getSSLParameters();
    parameters.setApplicationProtocols(new String[] {"h2"});
    socket.setSSLParameters(parameters);
    try {
      socket.startHandshake();
    } catch (IOException e) {
      socket.close();
      throw e;
    }
    return socket;
  }
}
