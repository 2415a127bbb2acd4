package dev.tiphys.store.raft;

import dev.tiphys.store.record.Batch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** What is in an entry of the Raft log. */
final class Entries {
  private Entries() {}

  /** What several members proposed, or one. */
  static List<Batch> parts(Batch entry) throws IOException {
    if (entry.getPartsCount() == 0) {
      return List.of(entry);
    }
    var parts = new ArrayList<Batch>(entry.getPartsCount());
    for (var part : entry.getPartsList()) {
      parts.add(Batch.parseFrom(part));
    }
    return parts;
  }

  /** All commands of an entry as one batch. */
  static Batch whole(Batch entry, List<Batch> parts) {
    if (entry.getPartsCount() == 0) {
      return entry;
    }
    var whole = Batch.newBuilder();
    parts.forEach(part -> whole.addAllCommands(part.getCommandsList()));
    return whole.build();
  }

  /** As the other one, from the bytes that Ratis keeps. */
  static Batch whole(ByteBuffer data) throws IOException {
    var entry = Batch.parseFrom(data);
    return whole(entry, parts(entry));
  }
}
