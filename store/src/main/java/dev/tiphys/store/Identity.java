package dev.tiphys.store;

import dev.tiphys.daemon.ConfigException;
import dev.tiphys.store.disk.DirectoryDisk;
import dev.tiphys.store.disk.Folder;
import dev.tiphys.store.disk.IdentityFile;
import dev.tiphys.store.peer.Pause;
import dev.tiphys.store.peer.PeerLinks;
import dev.tiphys.store.raft.Member;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.TreeSet;
import java.util.UUID;

/**
 * Who a member is: fixed when its data directory is made, whatever flags say later. Kept as text in
 * the file {@code identity}.
 *
 * @param alone its cluster began with this member alone, whatever flags say of others
 */
record Identity(UUID cluster, long member, boolean alone) {
  /** The cluster's number on the wire. */
  long clusterNumber() {
    return cluster.getMostSignificantBits();
  }

  /** Numbers a member by its peer URLs and the cluster's token: all members compute the same. */
  static Member member(String name, List<String> peerUrls, String token) {
    long id = digest(String.join(",", new TreeSet<>(peerUrls)) + "\n" + token).getLong();
    return new Member(id == 0 ? 1 : id, name, peerUrls);
  }

  /**
   * Reads the identity of a data directory; makes the one that the flags describe; or asks the
   * cluster that this member was added to. A directory that was restored becomes a cluster of its
   * own, with no number that was given before: what is left of the old one does not belong to it.
   *
   * @param blank whether the data directory holds nothing yet
   * @param restored a random number, for the cluster that a restored directory becomes
   * @param pause passes the time until the others answer
   * @throws ConfigException when the flags make a restored directory one of several
   */
  static Identity load(StoreConfig config, boolean blank, UUID restored, Pause pause)
      throws IOException {
    var file = new IdentityFile(new DirectoryDisk(config.dataDir()));
    var found = file.read();
    if (found.isPresent()) {
      return new Identity(found.get().cluster(), found.get().member(), found.get().alone());
    }
    Identity identity;
    if (!blank) {
      identity = alone(config, restored);
    } else {
      identity = config.existingCluster() ? introduced(config, pause) : described(config);
    }
    file.write(new IdentityFile.Content(identity.cluster, identity.member, identity.alone));
    return identity;
  }

  /** Members that begin with another state than this one would differ from it for ever. */
  private static Identity alone(StoreConfig config, UUID cluster) {
    if (config.existingCluster()) {
      throw ConfigException.flag(
          "--initial-cluster-state",
          "is existing, but "
              + config.dataDir()
              + " holds a state that was restored: a member that is added begins with an empty"
              + " --data-dir; to begin a new cluster with this state, leave the flag out");
    }
    if (config.initialMembers().size() > 1) {
      throw ConfigException.flag(
          "--initial-cluster",
          "must name "
              + config.name()
              + " only, because "
              + config.dataDir()
              + " holds a state that was restored, which the others do not have: start this member"
              + " alone, then add the others (member add), each with an empty --data-dir");
    }
    return new Identity(cluster, config.initialMembers().getFirst().id(), true);
  }

  private static Identity introduced(StoreConfig config, Pause pause) throws IOException {
    var others =
        config.initialMembers().stream()
            .filter(member -> !member.name().equals(config.name()))
            .flatMap(member -> member.peerUrls().stream())
            .toList();
    try (var links = new PeerLinks(config.peerTls().orElse(null), Runnable::run)) {
      return new Introductions(
              (url, introduction) -> links.introduce(url, introduction, Limits.INTRODUCTION), pause)
          .ask(config.peerUrls(), others);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while asking the others who this member is");
    }
  }

  /** Makes a member the only one of another cluster, under the number that it has. */
  static void moveTo(UUID cluster, Folder data) throws IOException {
    var file = new IdentityFile(data);
    var now = file.read().orElseThrow(() -> new IOException(data + ": has no identity"));
    file.write(new IdentityFile.Content(cluster, now.member(), true));
  }

  /** Whether the cluster is the one that flags describe, and not one that it became part of. */
  boolean describedBy(StoreConfig config) {
    return cluster.equals(described(config).cluster);
  }

  private static Identity described(StoreConfig config) {
    var ids = new TreeSet<String>();
    long self = 0;
    for (var member : config.initialMembers()) {
      ids.add(Long.toHexString(member.id()));
      if (member.name().equals(config.name())) {
        self = member.id();
      }
    }
    var digest = digest(String.join(",", ids) + "\n" + config.clusterToken());
    return new Identity(new UUID(digest.getLong(), digest.getLong()), self, ids.size() == 1);
  }

  private static ByteBuffer digest(String text) {
    try {
      return ByteBuffer.wrap(
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
