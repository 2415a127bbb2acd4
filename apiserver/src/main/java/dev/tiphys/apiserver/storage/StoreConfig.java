package dev.tiphys.apiserver.storage;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
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
 * @param compactionInterval {@code --etcd-compaction-interval}: how much history is kept at least;
 *     0 if it is others who compact
 */
public record StoreConfig(
    List<URI> endpoints,
    @Nullable Path caFile,
    @Nullable Path certFile,
    @Nullable Path keyFile,
    String prefix,
    Duration compactionInterval) {

  /** What {@code --etcd-prefix} is by default. */
  public static final String DEFAULT_PREFIX = "/registry";

  /** What {@code --etcd-compaction-interval} is by default, as upstream's. */
  public static final Duration DEFAULT_COMPACTION_INTERVAL = Duration.ofMinutes(5);

  /** Keeps an unchangeable list. */
  public StoreConfig {
    endpoints = List.copyOf(endpoints);
    if (endpoints.isEmpty()) {
      throw new IllegalArgumentException("--etcd-servers names no server");
    }
    if (compactionInterval.isNegative()) {
      throw new IllegalArgumentException(
          "--etcd-compaction-interval must not be negative: " + compactionInterval);
    }
    if (!prefix.startsWith("/")) {
      throw new IllegalArgumentException("--etcd-prefix must begin with a slash: " + prefix);
    }
  }
}
