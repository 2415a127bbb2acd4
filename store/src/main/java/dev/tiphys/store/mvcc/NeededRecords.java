package dev.tiphys.store.mvcc;

import dev.tiphys.store.disk.Frame;
import dev.tiphys.store.disk.LogCleaner;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Which records of the log somebody can still ask for, by the index. */
record NeededRecords(KeyIndex index) implements LogCleaner.Keeper {
  @Override
  public LogCleaner.@Nullable Relocation keep(Frame frame, long place, long cleanedBefore)
      throws IOException {
    if (frame.kind() == Frame.Kind.SYSTEM) {
      return null; // the checkpoint has what came of it
    }
    var kv = Records.Heading.parse(frame.payload().duplicate());
    var found = index.get(kv.key());
    if (found != null && found.holds(kv.modRevision(), place)) {
      return to -> found.move(kv.modRevision(), place, to);
    }
    // A deletion that nobody can ask for still hides older records that are on disk.
    boolean hides = frame.kind() == Frame.Kind.DELETE && kv.modRevision() > cleanedBefore;
    return hides ? _ -> {} : null;
  }
}
