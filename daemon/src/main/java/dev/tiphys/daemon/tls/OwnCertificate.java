package dev.tiphys.daemon.tls;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * The one certificate that a daemon shows, as a server or as a client, with its key. Immutable and
 * thread-safe.
 *
 * <p>A key store would do the same, but the JDK's protects each key by ten thousand rounds of
 * hashing, twice: a good part of a second of a daemon's start, and for nothing, as nobody but us
 * ever sees that store.
 */
public final class OwnCertificate extends X509ExtendedKeyManager {

  private static final String ALIAS = "own";

  private final X509Certificate[] chain;
  private final PrivateKey key;

  private OwnCertificate(List<X509Certificate> chain, PrivateKey key) {
    this.chain = chain.toArray(X509Certificate[]::new);
    this.key = key;
  }

  /**
   * Reads certificate and key.
   *
   * @param chain PEM: the certificate and its intermediates
   * @param key PEM: of the first certificate
   * @throws GeneralSecurityException if a file holds none
   * @throws IOException if a file cannot be read
   */
  public static OwnCertificate read(Path chain, Path key)
      throws IOException, GeneralSecurityException {
    return new OwnCertificate(Pem.certificates(chain), Pem.privateKey(key));
  }

  /** The same from what was read before. */
  public static OwnCertificate of(List<X509Certificate> chain, PrivateKey key) {
    return new OwnCertificate(chain, key);
  }

  private @Nullable String aliasFor(String keyType) {
    return keyType.equals(key.getAlgorithm()) ? ALIAS : null;
  }

  /** As a client; a server that names authorities is shown nothing that none of them signed. */
  private @Nullable String aliasFor(String[] keyTypes, Principal @Nullable [] issuers) {
    return Arrays.asList(keyTypes).contains(key.getAlgorithm()) && signedBy(issuers) ? ALIAS : null;
  }

  private boolean signedBy(Principal @Nullable [] issuers) {
    if (issuers == null || issuers.length == 0) {
      return true;
    }
    List<Principal> accepted = List.of(issuers);
    return Arrays.stream(chain)
        .anyMatch(certificate -> accepted.contains(certificate.getIssuerX500Principal()));
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    return aliasFor(keyType);
  }

  @Override
  public @Nullable String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return aliasFor(keyType);
  }

  @Override
  public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    return aliasFor(keyType) == null ? null : new String[] {ALIAS};
  }

  @Override
  public @Nullable String chooseEngineClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    return aliasFor(keyTypes, issuers);
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return aliasFor(keyTypes, issuers);
  }

  @Override
  public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
    return aliasFor(new String[] {keyType}, issuers) == null ? null : new String[] {ALIAS};
  }

  @Override
  public X509Certificate @Nullable [] getCertificateChain(String alias) {
    return ALIAS.equals(alias) ? chain.clone() : null;
  }

  @Override
  public @Nullable PrivateKey getPrivateKey(String alias) {
    return ALIAS.equals(alias) ? key : null;
  }
}
