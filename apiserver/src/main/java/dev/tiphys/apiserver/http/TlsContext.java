package dev.tiphys.apiserver.http;

import dev.tiphys.daemon.ConfigException;
import dev.tiphys.daemon.tls.OwnCertificate;
import dev.tiphys.daemon.tls.Pem;
import io.netty.handler.codec.http2.Http2SecurityUtil;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Makes the TLS of the server: versions 1.2 and 1.3, HTTP/2 preferred, client certificates asked.
 */
final class TlsContext {

  private TlsContext() {}

  /**
   * Reads the files.
   *
   * @throws ConfigException if a file cannot be read or they do not fit together
   */
  static SslContext of(TlsFiles files) {
    List<X509Certificate> chain = certificates(files.certificate());
    try {
      SslContextBuilder builder =
          SslContextBuilder.forServer(OwnCertificate.of(chain, key(files.privateKey())))
              // Native TLS is not on every mirror, and looking for it in vain slows the start.
              .sslProvider(SslProvider.JDK)
              .protocols("TLSv1.3", "TLSv1.2")
              .ciphers(Http2SecurityUtil.CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
              .applicationProtocolConfig(
                  new ApplicationProtocolConfig(
                      Protocol.ALPN,
                      SelectorFailureBehavior.NO_ADVERTISE,
                      SelectedListenerFailureBehavior.ACCEPT,
                      ApplicationProtocolNames.HTTP_2,
                      ApplicationProtocolNames.HTTP_1_1));
      List<X509Certificate> authorities = new ArrayList<>();
      for (Path file : Arrays.asList(files.clientCa(), files.proxyCa())) {
        if (file != null) {
          authorities.addAll(certificates(file));
        }
      }
      if (!authorities.isEmpty()) {
        builder
            .trustManager(authorities.toArray(X509Certificate[]::new))
            .clientAuth(ClientAuth.OPTIONAL);
      }
      return builder.build();
    } catch (IOException | IllegalArgumentException e) {
      throw new ConfigException(
          "--tls-cert-file " + files.certificate() + " does not make a server: " + e.getMessage(),
          e);
    }
  }

  private static List<X509Certificate> certificates(Path file) {
    try {
      return Pem.certificates(file);
    } catch (IOException | GeneralSecurityException e) {
      throw new ConfigException("cannot read certificates from " + file + ": " + e.getMessage(), e);
    }
  }

  private static PrivateKey key(Path file) {
    try {
      return Pem.privateKey(file);
    } catch (IOException | GeneralSecurityException e) {
      throw new ConfigException(
          "cannot read a private key from " + file + ": " + e.getMessage(), e);
    }
  }
}
