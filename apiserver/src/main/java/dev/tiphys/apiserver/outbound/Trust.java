package dev.tiphys.apiserver.outbound;

import dev.tiphys.api.value.Bytes;
import dev.tiphys.daemon.tls.OwnCertificate;
import dev.tiphys.daemon.tls.Pem;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** The TLS of calls: whom we believe, and who we say we are. Thread-safe; parses a bundle once. */
public final class Trust {

  private static final Bytes SYSTEM = Bytes.EMPTY;

  private final KeyManager @Nullable [] identity;
  private final Map<Bytes, SSLContext> contexts = new ConcurrentHashMap<>();

  /**
   * Calls with a certificate of ours, or without.
   *
   * @param certificate PEM, or null
   * @param key PEM, or null
   * @throws GeneralSecurityException if they cannot be used
   * @throws IOException if they cannot be read
   */
  public Trust(@Nullable Path certificate, @Nullable Path key)
      throws GeneralSecurityException, IOException {
    this.identity =
        certificate == null || key == null
            ? null
            : new KeyManager[] {OwnCertificate.read(certificate, key)};
  }

  /** Calls that show what these keys say, or nothing. */
  Trust(KeyManager @Nullable [] identity) {
    this.identity = identity;
  }

  /** Calls that show no certificate of ours. */
  public static Trust anonymous() {
    return new Trust(null);
  }

  private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  /**
   * TLS that believes who is signed by a bundle of certificates.
   *
   * @param bundle PEM; null or empty for the authorities that the machine trusts
   * @throws IOException if the bundle cannot be read
   */
  public SSLContext of(@Nullable Bytes bundle) throws IOException {
    Bytes key = bundle == null ? SYSTEM : bundle;
    SSLContext known = contexts.get(key);
    if (known != null) {
      return known;
    }
    try {
      SSLContext made = context(key.equals(SYSTEM) ? null : trust(key));
      if (contexts.size() >= Limits.KEPT_TRUST) {
        contexts.clear();
      }
      contexts.put(key, made);
      return made;
    } catch (GeneralSecurityException e) {
      throw new IOException("unable to load root certificates: " + e.getMessage(), e);
    }
  }

  /**
   * TLS that believes everybody, for who asks for it: {@code insecureSkipTLSVerify}, kubelets
   * without a CA.
   */
  public SSLContext ofAnybody() throws IOException {
    try {
      return context(new TrustManager[] {new TrustAny()});
    } catch (GeneralSecurityException e) {
      throw new IOException("no TLS: " + e.getMessage(), e);
    }
  }

  private SSLContext context(TrustManager @Nullable [] trust) throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(identity, trust, null);
    return context;
  }

  private static TrustManager[] trust(Bytes bundle) throws GeneralSecurityException, IOException {
    KeyStore store = emptyStore();
    int index = 0;
    String pem = new String(bundle.toByteArray(), StandardCharsets.US_ASCII);
    for (X509Certificate certificate : Pem.certificates(pem)) {
      store.setCertificateEntry("ca-" + index++, certificate);
    }
    if (index == 0) {
      throw new IOException("unable to load root certificates: unable to parse bytes as PEM block");
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory.getTrustManagers();
  }

  private static final class TrustAny extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
