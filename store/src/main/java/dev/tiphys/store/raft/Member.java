package dev.tiphys.store.raft;

import java.util.List;

/**
 * A member of the cluster.
 *
 * @param id its number, never 0
 * @param name its name, as --name says
 * @param peerUrls where other members reach it
 */
public record Member(long id, String name, List<String> peerUrls) {
  /** Copies the list. */
  public Member {
    peerUrls = List.copyOf(peerUrls);
  }
}
