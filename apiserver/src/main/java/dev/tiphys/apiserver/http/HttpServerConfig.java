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
 */
public record HttpServerConfig(
    InetSocketAddress address, @Nullable TlsFiles tls, Duration drainTimeout) {

  /** As above with {@link Limits#DRAIN_TIMEOUT}. */
  public HttpServerConfig(InetSocketAddress address, @Nullable TlsFiles tls) {
    this(address, tls, Limits.DRAIN_TIMEOUT);
  }
}
