package dev.tiphys.kubelet.server;

import java.util.List;

/** Decides whether a caller may do what it asks. Called from many threads; may block. */
@FunctionalInterface
public interface Authorizer {
  /**
   * What is asked: an access to this Node's subresource.
   *
   * @param verb get, create, update, patch or delete
   * @param subresources of {@code nodes}; any one of them suffices. Finer ones first, and {@code
   *     proxy}, which means all, last
   * @param path of the request
   */
  record Access(String verb, List<String> subresources, String path) {
    /** Keeps its own copy. */
    public Access {
      subresources = List.copyOf(subresources);
    }
  }

  /** Whether it may. */
  boolean allows(Caller caller, Access access);
}
