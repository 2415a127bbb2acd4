package dev.tiphys.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.daemon.tls.Pem;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.KeyStore;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the flags say of TLS is what is spoken, at client, metrics and peer URLs. */
class TlsRulesTest {
  private static final String SUITE = "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384";
  private static final String OTHER = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256";

  @TempDir private Path directory = Path.of("");

  @Test
  void onlyTheChosenSuitesAndVersionsAreSpoken() throws Exception {
    var server = TestCertificate.make(directory, "server");
    int peer = FreePort.pick();
    int metrics = FreePort.pick();
    var peerUrl = "https://127.0.0.1:" + peer;
    try (var store =
        new TestStore(
            directory.resolve("data"),
            "--listen-client-urls=https://127.0.0.1:0",
            "--cert-file=" + server.certificate(),
            "--key-file=" + server.key(),
            "--listen-metrics-urls=https://127.0.0.1:" + metrics,
            "--listen-peer-urls=" + peerUrl,
            // Another one, that never comes: a lone member does not listen.
            "--initial-cluster=default=" + peerUrl + ",none=https://127.0.0.1:1",
            "--peer-cert-file=" + server.certificate(),
            "--peer-key-file=" + server.key(),
            "--cipher-suites=" + SUITE,
            "--tls-max-version=TLS1.2")) {
      for (int port : new int[] {store.ports().getLast(), metrics, peer}) {
        try (var socket = connect(server, port, "TLSv1.2", SUITE)) {
          assertThat(socket.getSession().getCipherSuite()).isEqualTo(SUITE);
        }
        assertThatThrownBy(() -> connect(server, port, "TLSv1.2", OTHER))
            .as("another suite")
            .isInstanceOf(SSLException.class);
        assertThatThrownBy(() -> connect(server, port, "TLSv1.3", "TLS_AES_128_GCM_SHA256"))
            .as("another version")
            .isInstanceOf(SSLException.class);
      }
    }
  }

  private static SSLSocket connect(TestCertificate server, int port, String version, String suite)
      throws Exception {
    var known = KeyStore.getInstance("PKCS12");
    known.load(null, null);
    known.setCertificateEntry("server", Pem.certificates(server.certificate()).getFirst());
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(known);
    var context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    var socket =
        (SSLSocket) context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
    socket.setEnabledProtocols(new String[] {version});
    socket.setEnabledCipherSuites(new String[] {suite});
    var parameters = socket.getSSLParameters();
    parameters.setApplicationProtocols(new String[] {"h2"});
    socket.setSSLParameters(parameters);
    try {
      socket.startHandshake();
    } catch (java.io.IOException e) {
      socket.close();
      throw e;
    }
    return socket;
  }
}
