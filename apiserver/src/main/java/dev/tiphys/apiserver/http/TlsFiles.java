package dev.tiphys.apiserver.http;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where TLS of a server comes from, as the flags name it.
 *
 * @param certificate {@code --tls-cert-file}: PEM chain, leaf first
 * @param privateKey {@code --tls-private-key-file}: PEM
 * @param clientCa {@code --client-ca-file}: who signs clients' certificates; null to ask for none
 * @param proxyCa {@code --requestheader-client-ca-file}: who signs the certificates of proxies; or
 *     null
 */
public record TlsFiles(
    Path certificate, Path privateKey, @Nullable Path clientCa, @Nullable Path proxyCa) {

  /** Without proxies in front of the server. */
  public TlsFiles(Path certificate, Path privateKey, @Nullable Path clientCa) {
    this(certificate, privateKey, clientCa, null);
  }
}
