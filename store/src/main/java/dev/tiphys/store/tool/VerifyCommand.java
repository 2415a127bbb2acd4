package dev.tiphys.store.tool;

import dev.tiphys.store.disk.DirectoryDisk;
import dev.tiphys.store.disk.DirectoryLock;
import dev.tiphys.store.disk.Frame;
import dev.tiphys.store.disk.LogWalk;
import dev.tiphys.store.disk.RevisionLog;
import dev.tiphys.store.mvcc.StateWriter;
import dev.tiphys.store.record.Checkpoint;
import dev.tiphys.store.record.SystemChange;
import dev.tiphys.store.rpc.KeyValue;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tiphys store verify}: whether a data directory is whole, and what is left if not. */
@Command(
    name = "verify",
    description =
        "Checks every checksum in the data directory of a member that does not run, and says what"
            + " is damaged. Changes nothing there.",
    mixinStandardHelpOptions = true)
final class VerifyCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "DATA-DIR")
  private Path dataDir = Path.of("");

  @Option(
      names = "--salvage",
      paramLabel = "NEW-DIR",
      description =
          "Make the data directory of a new cluster of every record that is whole: when there is"
              + " neither a majority of members nor a snapshot.")
  private @Nullable Path salvage;

  /** Refuses a directory without a log, instead of making one. */
  static void needLog(Path dataDir) throws IOException {
    if (!Files.isDirectory(dataDir.resolve("log"))) {
      throw new IOException(dataDir + " is not the data directory of a store: it has no log");
    }
  }

  @Override
  public Integer call() throws IOException {
    needLog(dataDir);
    if (salvage != null) {
      Snapshots.needNewDirectory(salvage);
    }
    try (var _ = DirectoryLock.look(dataDir)) {
      return verify();
    }
  }

  private int verify() throws IOException {
    var out = spec.commandLine().getOut();
    var disk = new DirectoryDisk(dataDir.resolve("log"));
    var walk = new LogWalk(disk, RevisionLog.Limits.DEFAULT.maxFrameBytes());
    var findings = new Findings(out);
    var checkpoint = walk.walk(findings);
    checkpoint.ifPresent(c ->
        out.printf(
            "checkpoint revision=%d compacted=%d leases=%d%n",
            c.getRevision(), c.getCompacted(), c.getLeasesCount()));
    out.printf(
        "files=%d records=%d newest-revision=%d%n",
        findings.files, findings.records, findings.newest);
    if (salvage != null) {
      save(walk, checkpoint.orElse(Checkpoint.getDefaultInstance()), findings.newest, salvage);
      out.printf("saved every whole record into %s%n", salvage);
    }
    out.println(verdict(findings));
    return findings.fatal || findings.cut ? 1 : 0;
  }

  private static String verdict(Findings findings) {
    if (findings.fatal) {
      return "DAMAGED: a member refuses to start with it. Restore a snapshot, or replace the member"
          + " in a cluster with a healthy majority; if there is neither, --salvage saves the whole"
          + " records.";
    }
    if (findings.cut) {
      return "DAMAGED: a start would cut the log at the damage, with the whole records behind it."
          + " Several members: they come again from the Raft log. A lone one written by an older"
          + " release: save them first, with --salvage.";
    }
    return findings.torn
        ? "OK: the end is torn, as after a crash. A member cuts it when it starts."
        : "OK";
  }

  private static void save(LogWalk walk, Checkpoint checkpoint, long newest, Path into)
      throws IOException {
    try (var _ = Snapshots.ownNewDirectory(into);
        var writer =
            new StateWriter(new DirectoryDisk(into).within("log"), RevisionLog.Limits.DEFAULT)) {
      writer.state(checkpoint);
      walk.walk(
          new Records() {
            @Override
            public void frame(Frame frame, long offset, boolean covered) throws IOException {
              if (frame.kind() == Frame.Kind.PUT) {
                writer.put(KeyValue.parseFrom(frame.payload().duplicate()), frame.number());
              } else if (frame.kind() == Frame.Kind.DELETE) {
                var record = KeyValue.parseFrom(frame.payload().duplicate());
                writer.delete(record.getKey(), record.getModRevision(), frame.number());
              } else if (!covered) {
                writer.change(SystemChange.parseFrom(frame.payload().duplicate()));
              }
            }
          });
      writer.finish(Math.max(newest, checkpoint.getRevision()));
    }
  }

  /** Cares for records only. */
  private interface Records extends LogWalk.Visitor {
    @Override
    default void file(String name) {}

    @Override
    default void damage(LogWalk.Damage damage) {}
  }

  private static final class Findings implements LogWalk.Visitor {
    private final PrintWriter out;
    private int files;
    private long records;
    private long newest = 1;
    private boolean torn;
    private boolean fatal;
    private boolean cut;

    Findings(PrintWriter out) {
      this.out = out;
    }

    @Override
    public void file(String name) {
      files++;
    }

    @Override
    public void frame(Frame frame, long offset, boolean covered) throws IOException {
      records++;
      if (frame.kind() != Frame.Kind.SYSTEM) {
        newest = Math.max(newest, KeyValue.parseFrom(frame.payload().duplicate()).getModRevision());
      }
    }

    @Override
    public void damage(LogWalk.Damage damage) {
      // A crash tears the end of a log, nothing before it.
      boolean isDamage = damage.fatal() || damage.followed();
      torn |= !isDamage;
      fatal |= damage.fatal();
      cut |= damage.followed() && !damage.fatal();
      out.printf(
          "%s file=%s offset=%d %s%n",
          isDamage ? "damaged" : "torn", damage.file(), damage.offset(), damage.what());
    }
  }
}
