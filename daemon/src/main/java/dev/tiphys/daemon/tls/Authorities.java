package dev.tiphys.daemon.tls;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/** Those whose signatures on certificates count. */
final class Authorities {
  private Authorities() {}

  /**
   * Trusts whom one of them signed.
   *
   * @throws GeneralSecurityException when this Java cannot verify certificates
   */
  static X509ExtendedTrustManager trusting(List<X509Certificate> authorities)
      throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    for (int i = 0; i < authorities.size(); i++) {
      store.setCertificateEntry("ca-" + i, authorities.get(i));
    }
    var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    for (var manager : factory.getTrustManagers()) {
      if (manager instanceof X509ExtendedTrustManager trusting) {
        return trusting;
      }
    }
    throw new GeneralSecurityException("this Java cannot verify certificates");
  }
}
