package dev.tiphys.apiserver.authn.oidc;

import dev.tiphys.api.codec.DecodeException;
import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.api.value.Bytes;
import dev.tiphys.apiserver.authn.Jwt;
import dev.tiphys.apiserver.http.Headers;
import dev.tiphys.apiserver.outbound.ConnectionPool;
import dev.tiphys.apiserver.outbound.Destination;
import dev.tiphys.apiserver.outbound.Peer;
import dev.tiphys.apiserver.outbound.ServiceAddresses;
import dev.tiphys.apiserver.outbound.Trust;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys that an issuer publishes: found through its discovery document when the first token
 * comes, read again when a token names a key that is not known. Thread-safe; blocks.
 */
final class IssuerKeys {

  private static final Logger log = LoggerFactory.getLogger(IssuerKeys.class);
  private static final String WELL_KNOWN = "/.well-known/openid-configuration";

  private final String issuer;
  private final String discoveryUrl;
  private final @Nullable Bytes authorities;
  private final Trust trust;
  private final ConnectionPool pool;
  private final InstantSource clock;
  private final ReentrantLock reading = new ReentrantLock();
  private volatile JsonWebKeys keys = JsonWebKeys.NONE;
  private volatile @Nullable String keysUrl;
  private Instant tried = Instant.MIN;

  IssuerKeys(JwtIssuer of, Trust trust, ConnectionPool pool, InstantSource clock) {
    this.issuer = of.url();
    this.discoveryUrl =
        of.discoveryUrl().isEmpty() ? withoutSlash(of.url()) + WELL_KNOWN : of.discoveryUrl();
    this.authorities =
        of.authorities().isEmpty()
            ? null
            : Bytes.copyOf(of.authorities().getBytes(StandardCharsets.UTF_8));
    this.trust = trust;
    this.pool = pool;
    this.clock = clock;
  }

  /**
   * The keys as they are known.
   *
   * @throws IOException if the issuer could not be asked yet
   */
  JsonWebKeys known() throws IOException {
    if (keysUrl == null) {
      read(keys);
    }
    if (keysUrl == null) {
      throw new IOException("oidc: authenticator not initialized");
    }
    return keys;
  }

  /**
   * Newer keys, if a while has gone by since they were read.
   *
   * @param old that did not do
   * @throws IOException if they cannot be read
   */
  JsonWebKeys newer(JsonWebKeys old) throws IOException {
    read(old);
    return keys;
  }

  /** Reads, once for all who ask at the same time. */
  private void read(JsonWebKeys old) throws IOException {
    reading.lock();
    try {
      if (keys != old) {
        return;
      }
      Instant now = clock.instant();
      boolean found = keysUrl != null;
      if (now.isBefore(tried.plus(found ? Limits.KEYS_AGAIN : Limits.DISCOVERY_AGAIN))) {
        return;
      }
      tried = now;
      String url = found ? String.valueOf(keysUrl) : discover();
      keys = JsonWebKeys.of(get(url));
      keysUrl = url;
      log.info("event=issuer-keys-read issuer={} keys={}", issuer, keys.keys().size());
    } catch (IOException e) {
      log.error("event=issuer-unreachable issuer={} message=\"{}\"", issuer, e.getMessage());
      throw e;
    } finally {
      reading.unlock();
    }
  }

  private String discover() throws IOException {
    if (!(get(discoveryUrl) instanceof JsonTree.Obj document)) {
      throw new IOException("oidc: failed to decode provider discovery object");
    }
    String named = Jwt.text(document.get("issuer"));
    if (!named.equals(issuer)) {
      throw new IOException(
          "oidc: issuer did not match the issuer returned by provider, expected \""
              + issuer
              + "\" got \""
              + named
              + "\"");
    }
    return Jwt.text(document.get("jwks_uri"));
  }

  private JsonTree get(String url) throws IOException {
    Destination destination = ServiceAddresses.url(url);
    URI uri = URI.create(url);
    String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    ConnectionPool.Answer answer =
        pool.ask(
            new Peer(destination, trust.of(authorities), true),
            "GET",
            uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery(),
            Headers.of("Accept", "application/json", "User-Agent", "kube-apiserver"),
            new byte[0],
            Limits.PATIENCE,
            Limits.DOCUMENT_BYTES);
    if (answer.status() != 200) {
      throw new IOException("oidc: get " + url + " failed: " + answer.status());
    }
    try {
      return JsonTree.parse(answer.body());
    } catch (DecodeException e) {
      throw new IOException("oidc: " + url + " is not JSON: " + e.getMessage(), e);
    }
  }

  private static String withoutSlash(String url) {
    return url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
  }
}
