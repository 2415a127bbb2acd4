package dev.tiphys.kubelet.server;

import java.util.List;
import java.util.Map;

/** Who sent a request, as the API server's reviews name them. */
public record Caller(
    String name, String uid, List<String> groups, Map<String, List<String>> extra) {
  /** Somebody who did not say who they are. */
  public static final Caller ANONYMOUS =
      new Caller("system:anonymous", "", List.of("system:unauthenticated"), Map.of());

  /** Keeps its own copies. */
  public Caller {
    groups = List.copyOf(groups);
    extra = Map.copyOf(extra);
  }
}
