package dev.tiphys.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** An authority and whom it signs, made by the JDK's keytool; PEM files as daemons read them. */
final class Certificates {

  private static final String PASSWORD = "test-only";
  private static final String AUTHORITY = "ca";

  private final Path folder;

  private Certificates(Path folder) {
    this.folder = folder;
  }

  /** {@code ca}, {@code server} for 127.0.0.1, and {@code client}. */
  static Certificates in(Path folder) throws Exception {
    Certificates made = new Certificates(Files.createDirectories(folder));
    made.keytool(AUTHORITY, "CN=test-authority", "-ext", "bc:c");
    made.export(AUTHORITY);
    made.sign("server", "san=ip:127.0.0.1");
    made.sign("client", "eku=clientAuth");
    return made;
  }

  /** A PEM file: {@code server.crt}, {@code server.key}, … */
  Path file(String name) {
    return folder.resolve(name);
  }

  /** The TLS of a client that trusts the authority. */
  SSLContext trusting() throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry(AUTHORITY, load(AUTHORITY).getCertificate(AUTHORITY));
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  private void sign(String alias, String extension) throws Exception {
    // keytool signs within one key store only.
    Files.copy(store(AUTHORITY), store(alias));
    keytool(
        alias,
        "CN=test-" + alias,
        "-ext",
        extension,
        "-signer",
        AUTHORITY,
        "-signerkeypass",
        PASSWORD,
        "-keypass",
        PASSWORD);
    export(alias);
  }

  private void keytool(String alias, String name, String... more) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(
        List.of("-genkeypair", "-keyalg", "EC", "-groupname", "secp256r1", "-validity", "2"));
    command.addAll(List.of("-alias", alias, "-dname", name));
    command.addAll(
        List.of("-keystore", store(alias).toString(), "-storetype", "PKCS12", "-storepass"));
    command.add(PASSWORD);
    command.addAll(List.of(more));
    Command.run(Map.of(), "", command).orThrow();
  }

  private void export(String alias) throws IOException, GeneralSecurityException {
    KeyStore store = load(alias);
    pem(alias + ".crt", "CERTIFICATE", store.getCertificate(alias).getEncoded());
    pem(alias + ".key", "PRIVATE KEY", store.getKey(alias, PASSWORD.toCharArray()).getEncoded());
  }

  private void pem(String file, String label, byte[] der) throws IOException {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    Files.writeString(
        folder.resolve(file),
        "-----BEGIN " + label + "-----\n" + text + "\n-----END " + label + "-----\n");
  }

  private KeyStore load(String alias) throws IOException, GeneralSecurityException {
    return KeyStore.getInstance(store(alias).toFile(), PASSWORD.toCharArray());
  }

  private Path store(String alias) {
    return folder.resolve(alias + ".p12");
  }
}
