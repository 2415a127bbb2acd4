package dev.tiphys.client.transport;

import dev.tiphys.client.kubeconfig.ClusterAccess;
import dev.tiphys.client.kubeconfig.ClusterAccess.ClientCertificate;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * TLS as a {@link ClusterAccess} wants it: whom to believe, and what to show. Whoever opens a
 * socket with it must ask for the check of the host name, which only HTTP clients do by themselves.
 */
public final class Tls {

  private static final String ALIAS = "client";

  private Tls() {}

  /**
   * The context for connections to that cluster.
   *
   * @throws IllegalStateException if its certificates cannot be used
   */
  public static SSLContext context(ClusterAccess access) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      KeyManager[] keys =
          access.certificate() == null
              ? null
              : new KeyManager[] {new OneCertificate(access.certificate())};
      context.init(keys, trust(access), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("TLS cannot be set up: " + e.getMessage(), e);
    }
  }

  private static TrustManager @Nullable [] trust(ClusterAccess access)
      throws GeneralSecurityException, IOException {
    if (access.insecure()) {
      return new TrustManager[] {new BelievesAnyone()};
    }
    if (access.authorities().isEmpty()) {
      return null;
    }
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    int number = 0;
    for (X509Certificate authority : access.authorities()) {
      store.setCertificateEntry("authority-" + number++, authority);
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory.getTrustManagers();
  }

  /** Shows one certificate to whoever asks. */
  private static final class OneCertificate extends X509ExtendedKeyManager {

    private final ClientCertificate certificate;

    OneCertificate(ClientCertificate certificate) {
      this.certificate = certificate;
    }

    @Override
    public String chooseEngineClientAlias(
        String[] keyType, Principal @Nullable [] issuers, SSLEngine engine) {
      return ALIAS;
    }

    @Override
    public String chooseClientAlias(
        String[] keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
      return ALIAS;
    }

    @Override
    public String[] getClientAliases(String keyType, Principal @Nullable [] issuers) {
      return new String[] {ALIAS};
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
      return null;
    }

    @Override
    public @Nullable String chooseServerAlias(
        String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
      return null;
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return certificate.chain().toArray(X509Certificate[]::new);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
      return certificate.key();
    }
  }

  /**
   * For {@code insecure-skip-tls-verify}. The extended class also leaves the host name unchecked.
   */
  private static final class BelievesAnyone extends X509ExtendedTrustManager {

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
