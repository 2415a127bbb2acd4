package dev.tiphys.apiserver.authn;

import java.util.Set;

/**
 * Whether requests without credentials are let on.
 *
 * @param paths to which only; empty for all
 */
public record AnonymousAccess(boolean enabled, Set<String> paths) {

  /** Everywhere. */
  public static final AnonymousAccess EVERYWHERE = new AnonymousAccess(true, Set.of());

  /** Nowhere. */
  public static final AnonymousAccess NOWHERE = new AnonymousAccess(false, Set.of());

  /** Copies the set. */
  public AnonymousAccess {
    paths = Set.copyOf(paths);
  }

  boolean allows(String path) {
    return enabled && (paths.isEmpty() || paths.contains(path));
  }
}
