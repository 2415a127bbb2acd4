package dev.tiphys.store.tool;

import com.google.protobuf.ByteString;
import com.google.protobuf.TextFormat;
import dev.tiphys.store.disk.DirectoryDisk;
import dev.tiphys.store.disk.DirectoryLock;
import dev.tiphys.store.disk.Frame;
import dev.tiphys.store.disk.LogWalk;
import dev.tiphys.store.disk.RevisionLog;
import dev.tiphys.store.record.SystemChange;
import dev.tiphys.store.rpc.KeyValue;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tiphys store dump}: every record of a data directory, a line each. */
@Command(
    name = "dump",
    description = "Shows every record in the data directory of a member that does not run.",
    mixinStandardHelpOptions = true)
final class DumpCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "DATA-DIR")
  private Path dataDir = Path.of("");

  @Option(names = "--values", description = "Show values, not only how long they are.")
  private boolean values;

  @Override
  public Integer call() throws IOException {
    var out = spec.commandLine().getOut();
    var printer = new Printer(out);
    VerifyCommand.needLog(dataDir);
    try (var _ = DirectoryLock.look(dataDir)) {
      new LogWalk(
              new DirectoryDisk(dataDir.resolve("log")), RevisionLog.Limits.DEFAULT.maxFrameBytes())
          .walk(printer);
    }
    out.flush();
    return printer.damaged ? 1 : 0;
  }

  private final class Printer implements LogWalk.Visitor {
    private final PrintWriter out;
    private boolean damaged;

    Printer(PrintWriter out) {
      this.out = out;
    }

    @Override
    public void file(String name) {
      out.println("# " + name);
    }

    @Override
    public void frame(Frame frame, long offset, boolean covered) throws IOException {
      out.printf("%d term=%d index=%d ", offset, frame.term(), frame.index());
      switch (frame.kind()) {
        case PUT -> {
          var kv = KeyValue.parseFrom(frame.payload().duplicate());
          out.printf(
              "put revision=%d create=%d version=%d lease=%x key=%s ",
              kv.getModRevision(),
              kv.getCreateRevision(),
              kv.getVersion(),
              kv.getLease(),
              quoted(kv.getKey()));
          out.println(values ? "value=" + quoted(kv.getValue()) : "bytes=" + kv.getValue().size());
        }
        case DELETE -> {
          var kv = KeyValue.parseFrom(frame.payload().duplicate());
          out.printf("delete revision=%d key=%s%n", kv.getModRevision(), quoted(kv.getKey()));
        }
        case SYSTEM -> {
          var change = SystemChange.parseFrom(frame.payload().duplicate());
          // Users' password hashes are for nobody's eyes.
          out.println(
              change.hasAuth()
                  ? "auth revision=" + change.getAuth().getRevision()
                  : TextFormat.printer().emittingSingleLine(true).printToString(change));
        }
      }
    }

    @Override
    public void damage(LogWalk.Damage damage) {
      damaged = true;
      out.printf("# DAMAGED %s at %d: %s%n", damage.file(), damage.offset(), damage.what());
    }

    private static String quoted(ByteString bytes) {
      return '"' + TextFormat.escapeBytes(bytes) + '"';
    }
  }
}
