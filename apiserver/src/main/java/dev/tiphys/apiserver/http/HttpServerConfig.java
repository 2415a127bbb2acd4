package dev.tiphys.apiserver.http;

import java.net.InetSocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How to serve.
 *
 * @param address where; port 0 takes any free one
 * @param tls null for plain HTTP/1.1, for tests
 * @param drainTimeout how long {@link HttpServer#close} lets requests under way finish
 * @param patience with clients that ask nothing
 */
public record HttpServerConfig(
    InetSocketAddress address, @Nullable TlsFiles tls, Duration drainTimeout, Patience patience) {

  /** As above with the patience that all clients find. */
  public HttpServerConfig(
      InetSocketAddress address, @Nullable TlsFiles tls, Duration drainTimeout) {
    this(address, tls, drainTimeout, Patience.DEFAULT);
  }

  /** As above with {@link Limits#DRAIN_TIMEOUT} and the patience that all clients find. */
  public HttpServerConfig(InetSocketAddress address, @Nullable TlsFiles tls) {
    this(address, tls, Limits.DRAIN_TIMEOUT, Patience.DEFAULT);
  }
}
