package dev.tiphys.apiserver.kubelet;

import dev.tiphys.daemon.ConfigException;
import dev.tiphys.daemon.tls.Pem;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** Makes the TLS by which we know kubelets and they know us. */
final class KubeletTls {

  // The key never leaves this process' memory, so the in-memory store's password guards nothing.
  private static final char[] NO_PASSWORD = new char[0];

  private KubeletTls() {}

  /**
   * Reads the files.
   *
   * @throws ConfigException if one cannot be read or they do not fit together
   */
  static SSLContext of(KubeletConfig config) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys(config), trust(config.certificateAuthority()), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new ConfigException(
          "--kubelet-client-certificate, --kubelet-client-key or --kubelet-certificate-authority: "
              + e.getMessage(),
          e);
    }
  }

  private static KeyManager @Nullable [] keys(KubeletConfig config)
      throws GeneralSecurityException, IOException {
    Path certificate = config.clientCertificate();
    Path keyFile = config.clientKey();
    if (certificate == null || keyFile == null) {
      return null;
    }
    X509Certificate[] chain = Pem.certificates(certificate).toArray(X509Certificate[]::new);
    PrivateKey key = Pem.privateKey(keyFile);
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry("client", key, NO_PASSWORD, chain);
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, NO_PASSWORD);
    return factory.getKeyManagers();
  }

  private static TrustManager[] trust(@Nullable Path authority)
      throws GeneralSecurityException, IOException {
    if (authority == null) {
      return new TrustManager[] {new TrustAny()};
    }
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    int index = 0;
    for (X509Certificate certificate : Pem.certificates(authority)) {
      store.setCertificateEntry("ca-" + index++, certificate);
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory.getTrustManagers();
  }

  /** Without a CA kubelets are not verified, as upstream documents; operators should give one. */
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
