package dev.tiphys.apiserver.http;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/** A CA with a server's and a client's certificate, made by the JDK's keytool in a folder. */
public final class TestCertificates {

  private static final String PASSWORD = "test-only";

  private final Path folder;

  private TestCertificates(Path folder) {
    this.folder = folder;
  }

  /** Makes them all. */
  public static TestCertificates in(Path folder) throws Exception {
    TestCertificates made = new TestCertificates(folder);
    made.generateCa("ca");
    made.generateCa("other-ca");
    made.generate("server", "CN=server", "ca", "san=ip:127.0.0.1,dns:localhost");
    made.generate("client", "CN=alice, O=testers", "ca", "eku=clientAuth");
    made.generate("stranger", "CN=mallory", "other-ca", "eku=clientAuth");
    return made;
  }

  /** The files a server is started with. */
  public TlsFiles serverFiles() {
    return new TlsFiles(
        folder.resolve("server.crt"), folder.resolve("server.key"), folder.resolve("ca.crt"));
  }

  /** A PEM file: {@code client.crt}, {@code client.key}, {@code ca.crt}, … */
  public Path file(String name) {
    return folder.resolve(name);
  }

  /** A client's TLS that trusts the CA and shows a certificate, or none. */
  public SSLContext clientContext(@Nullable String identity) throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("ca", load("ca").getCertificate("ca"));
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    if (identity != null) {
      keys.init(load(identity), PASSWORD.toCharArray());
    }
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(
        identity == null
            ? null
            : new KeyManager[] {
              new Insistent((X509ExtendedKeyManager) keys.getKeyManagers()[0], identity)
            },
        trust.getTrustManagers(),
        null);
    return context;
  }

  /** Shows its certificate whether or not the server names its CA. */
  private static final class Insistent extends X509ExtendedKeyManager {
    private final X509ExtendedKeyManager keys;
    private final String alias;

    Insistent(X509ExtendedKeyManager keys, String alias) {
      this.keys = keys;
      this.alias = alias;
    }

    @Override
    public String chooseEngineClientAlias(
        String[] keyTypes, Principal[] issuers, SSLEngine engine) {
      return alias;
    }

    @Override
    public String chooseClientAlias(String[] keyTypes, Principal[] issuers, Socket socket) {
      return alias;
    }

    @Override
    public String[] getClientAliases(String keyType, Principal[] issuers) {
      return new String[] {alias};
    }

    @Override
    public String[] getServerAliases(String keyType, Principal[] issuers) {
      return new String[0];
    }

    @Override
    public @Nullable String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
      return null;
    }

    @Override
    public X509Certificate[] getCertificateChain(String ofAlias) {
      return keys.getCertificateChain(alias);
    }

    @Override
    public PrivateKey getPrivateKey(String ofAlias) {
      return keys.getPrivateKey(alias);
    }
  }

  private void generateCa(String alias) throws Exception {
    keytool(
        "-genkeypair -keyalg EC -groupname secp256r1 -dname CN="
            + alias
            + " -ext bc:c -validity 2 -alias "
            + alias
            + " -keystore "
            + store(alias));
    export(alias);
  }

  private void generate(String alias, String name, String ca, String extension) throws Exception {
    keytool(
        List.of(
            "-genkeypair",
            "-keyalg",
            "EC",
            "-groupname",
            "secp256r1",
            "-dname",
            name,
            "-ext",
            extension,
            "-validity",
            "2",
            "-alias",
            alias,
            "-keystore",
            store(alias).toString(),
            "-signer",
            ca,
            "-signerkeypass",
            PASSWORD,
            "-keypass",
            PASSWORD),
        ca,
        alias);
    export(alias);
  }

  private void export(String alias) throws IOException, GeneralSecurityException {
    KeyStore store = load(alias);
    StringBuilder chain = new StringBuilder();
    Certificate[] certificates = store.getCertificateChain(alias);
    chain.append(pem("CERTIFICATE", ((X509Certificate) certificates[0]).getEncoded()));
    Files.writeString(folder.resolve(alias + ".crt"), chain);
    PrivateKey key = (PrivateKey) store.getKey(alias, PASSWORD.toCharArray());
    Files.writeString(folder.resolve(alias + ".key"), pem("PRIVATE KEY", key.getEncoded()));
  }

  private static String pem(String label, byte[] der) {
    return "-----BEGIN "
        + label
        + "-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
        + "\n-----END "
        + label
        + "-----\n";
  }

  private KeyStore load(String alias) throws IOException, GeneralSecurityException {
    return KeyStore.getInstance(store(alias).toFile(), PASSWORD.toCharArray());
  }

  private Path store(String alias) {
    return folder.resolve(alias + ".p12");
  }

  private void keytool(String arguments) throws Exception {
    run(List.of(arguments.split(" ")));
  }

  /** keytool signs within one key store only, so the CA is copied in for the occasion. */
  private void keytool(List<String> arguments, String ca, String alias) throws Exception {
    Files.copy(store(ca), store(alias));
    run(arguments);
  }

  private void run(List<String> arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(arguments);
    command.addAll(List.of("-storetype", "PKCS12", "-storepass", PASSWORD));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes());
    if (process.waitFor() != 0) {
      throw new IOException("keytool failed: " + output);
    }
  }
}
