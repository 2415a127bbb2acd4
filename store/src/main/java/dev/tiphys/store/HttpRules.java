package dev.tiphys.store;

import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is served over HTTP/1, and to whom.
 *
 * @param gateway whether there is JSON beside the pages
 * @param origins whose scripts browsers let read answers, as they say it of themselves; with "*"
 *     all
 * @param hosts by which names this member may be called where there is no TLS; with "*" any. For a
 *     page from elsewhere that makes a browser believe it were from here gives its own name.
 */
record HttpRules(boolean gateway, Set<String> origins, Set<String> hosts) {
  private static final String ALL = "*";

  HttpRules {
    origins = Set.copyOf(origins);
    hosts = Set.copyOf(hosts);
  }

  /**
   * Whether a request may call this member so.
   *
   * @param header Host, with a port or without
   */
  boolean admits(@Nullable String header) {
    return hosts.contains(ALL) || hosts.contains(name(header));
  }

  /**
   * The origin that is told to be allowed, if any is.
   *
   * @param header Origin
   */
  Optional<String> origin(@Nullable String header) {
    if (origins.contains(ALL)) {
      return Optional.of(ALL);
    }
    return Optional.ofNullable(header).filter(origins::contains);
  }

  /** What the header says without the port. */
  static String name(@Nullable String header) {
    var host = header == null ? "" : header;
    int bracket = host.startsWith("[") ? host.indexOf("]:") : -1;
    if (bracket > 0) {
      return host.substring(1, bracket);
    }
    int colon = host.indexOf(':');
    return colon >= 0 && colon == host.lastIndexOf(':') ? host.substring(0, colon) : host;
  }
}
