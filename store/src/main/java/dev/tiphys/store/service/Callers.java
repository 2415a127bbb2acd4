package dev.tiphys.store.service;

import dev.tiphys.store.auth.Authority;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.security.cert.X509Certificate;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * Notes with each call what its sender shows of himself: a token, a certificate. What that proves
 * is for {@link Access} to say.
 */
public final class Callers implements ServerInterceptor {
  static final Context.Key<Shown> SHOWN = Context.key("shown");

  private static final Metadata.Key<String> TOKEN =
      Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  private final Authority authority;
  private final boolean certificates;

  /**
   * What a sender shows.
   *
   * @param token as given out by Authenticate
   * @param commonName of the certificate that was verified
   */
  record Shown(@Nullable String token, @Nullable String commonName) {
    static final Shown NOTHING = new Shown(null, null);
  }

  /**
   * Takes the rules in force.
   *
   * @param certificates whether certificates tell who somebody is (--client-cert-auth)
   */
  public Callers(Authority authority, boolean certificates) {
    this.authority = authority;
    this.certificates = certificates;
  }

  @Override
  public <Q, S> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, S> call, Metadata headers, ServerCallHandler<Q, S> next) {
    if (!authority.rules().enabled()) {
      return next.startCall(call, headers);
    }
    var token = headers.get(TOKEN);
    var shown = new Shown(token == null ? headers.get(AUTHORIZATION) : token, commonName(call));
    return Contexts.interceptCall(Context.current().withValue(SHOWN, shown), call, headers, next);
  }

  private @Nullable String commonName(ServerCall<?, ?> call) {
    SSLSession session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
    if (!certificates || session == null) {
      return null;
    }
    try {
      var certificate = (X509Certificate) session.getPeerCertificates()[0];
      for (var part : new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
        if (part.getType().equalsIgnoreCase("CN")) {
          return String.valueOf(part.getValue());
        }
      }
      return null;
    } catch (SSLPeerUnverifiedException | InvalidNameException e) {
      return null; // shows none, or one without a name
    }
  }
}
