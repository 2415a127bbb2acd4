package dev.tiphys.kubelet.server;

import dev.tiphys.daemon.tls.ServerTls;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** A server and a client that trust each other's self-signed certificates, made by keytool. */
final class TestTls {
  private static final char[] PASSWORD = "password".toCharArray();

  private final KeyStore server;
  private final KeyStore client;

  TestTls(Path directory) throws Exception {
    this.server = make(directory.resolve("server.p12"), "CN=server", "-ext", "san=ip:127.0.0.1");
    this.client = make(directory.resolve("client.p12"), "CN=admin,O=operators");
  }

  ServerTls server() throws GeneralSecurityException {
    return new ServerTls(context(server, client), true);
  }

  SSLContext clientWithCertificate() throws GeneralSecurityException {
    return context(client, server);
  }

  SSLContext clientWithoutCertificate() throws GeneralSecurityException {
    return context(null, server);
  }

  private static SSLContext context(@Nullable KeyStore own, KeyStore trusted)
      throws GeneralSecurityException {
    KeyManager[] keys = null;
    if (own != null) {
      KeyManagerFactory factory =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      factory.init(own, PASSWORD);
      keys = factory.getKeyManagers();
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    KeyStore certificates = KeyStore.getInstance("PKCS12");
    try {
      certificates.load(null, null);
    } catch (IOException e) {
      throw new IllegalStateException("an empty key store needs no input", e);
    }
    certificates.setCertificateEntry("trusted", trusted.getCertificate("key"));
    trust.init(certificates);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys, trust.getTrustManagers(), null);
    return context;
  }

  private static KeyStore make(Path file, String name, String... more) throws Exception {
    List<String> command =
        new java.util.ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "key",
                "-keyalg",
                "EC",
                "-dname",
                name,
                "-storetype",
                "PKCS12",
                "-storepass",
                new String(PASSWORD),
                "-keystore",
                file.toString()));
    command.addAll(List.of(more));
    Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(keytool.getInputStream().readAllBytes());
    if (keytool.waitFor() != 0) {
      throw new IOException(output);
    }
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, PASSWORD);
    }
    return store;
  }
}
