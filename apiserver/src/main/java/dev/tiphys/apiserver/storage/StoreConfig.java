package dev.tiphys.apiserver.storage;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the store is and how to be let in.
 *
 * @param endpoints {@code --etcd-servers}: http or https, at least one; all of one scheme
 * @param caFile {@code --etcd-cafile}: who signs the store's certificates; null for the system's
 * @param certFile {@code --etcd-certfile}: our client certificate; null for none
 * @param keyFile {@code --etcd-keyfile}: of our client certificate; null for none
 * @param prefix {@code --etcd-prefix}: what all keys begin with, as {@code /registry}
 */
public record StoreConfig(
    List<URI> endpoints,
    @Nullable Path caFile,
    @Nullable Path certFile,
    @Nullable Path keyFile,
    String prefix) {

  /** What {@code --etcd-prefix} is by default. */
  public static final String DEFAULT_PREFIX = "/registry";

  /** Keeps an unchangeable list. */
  public StoreConfig {
    endpoints = List.copyOf(endpoints);
    if (endpoints.isEmpty()) {
      throw new IllegalArgumentException("--etcd-servers names no server");
    }
    if (!prefix.startsWith("/")) {
      throw new IllegalArgumentException("--etcd-prefix must begin with a slash: " + prefix);
    }
  }
}
