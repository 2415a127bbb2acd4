package dev.tiphys.store.tool;

import dev.tiphys.store.disk.DirectoryDisk;
import dev.tiphys.store.disk.DirectoryLock;
import dev.tiphys.store.disk.Folder;
import dev.tiphys.store.disk.IdentityFile;
import dev.tiphys.store.disk.LogWalk;
import dev.tiphys.store.disk.RevisionLog;
import dev.tiphys.store.raft.RaftLogWalk;
import dev.tiphys.store.record.Checkpoint;
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
        "Checks every checksum in the data directory of a member that does not run, of the revision"
            + " log, the Raft log and the identity, and says what is damaged. Changes nothing there.",
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
    var data = new DirectoryDisk(dataDir);
    var findings = new Findings(out);
    var checkpoint = walk(data).walk(findings);
    checkpoint.ifPresent(c ->
        out.printf(
            "checkpoint revision=%d compacted=%d leases=%d%n",
            c.getRevision(), c.getCompacted(), c.getLeasesCount()));
    long durable = checkpoint.map(Checkpoint::getIndex).orElse(-1L);
    long applied = findings.applied(durable);
    identity(data, findings, out);
    new RaftLogWalk(data).walk(applied, durable, findings);
    findings.summarize();
    if (salvage != null) {
      var state = checkpoint.orElse(Checkpoint.getDefaultInstance());
      out.println(new Salvage(data, state, applied).into(salvage));
    }
    out.println(findings.verdict());
    return findings.exitCode();
  }

  /** A new directory has none until a member is started with it. */
  private static void identity(Folder data, Findings findings, PrintWriter out) {
    try {
      new IdentityFile(data)
          .read()
          .ifPresent(i -> out.printf("identity member=%x cluster=%s%n", i.member(), i.cluster()));
    } catch (IOException e) {
      findings.damage(IdentityFile.NAME, String.valueOf(e.getMessage()));
    }
  }

  static LogWalk walk(Folder data) throws IOException {
    return new LogWalk(data.within("log"), RevisionLog.Limits.DEFAULT.maxFrameBytes());
  }
}
