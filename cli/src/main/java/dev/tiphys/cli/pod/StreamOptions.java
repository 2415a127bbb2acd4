package dev.tiphys.cli.pod;

import dev.tiphys.cli.Session;
import dev.tiphys.client.transport.Transport.MessageStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * The options of verbs that join a container's streams, and the joining. Filled by picocli, then
 * only read.
 */
final class StreamOptions {

  @Option(
      names = {"-i", "--stdin"},
      description = "Pass standard input on.")
  boolean input;

  @Option(
      names = {"-t", "--tty"},
      description = "With a terminal on the other side.")
  boolean tty;

  @Option(
      names = {"-c", "--container"},
      description = "The container.")
  String container = "";

  @Option(
      names = {"-q", "--quiet"},
      description = "Only show what the other side says.")
  boolean quiet;

  /** Joins, until the command ends. Returns its exit code. */
  int run(
      Session session, String path, String containerName, List<Map.Entry<String, String>> more) {
    @Nullable Terminal terminal = tty && input ? Terminal.raw() : null;
    boolean remoteTty = tty && (terminal != null || !input);
    if (tty && !remoteTty) {
      session
          .console()
          .warn("Unable to use a TTY - input is not a terminal or the right kind of file");
    }
    List<Map.Entry<String, String>> query = new ArrayList<>(more);
    query.add(Map.entry("container", containerName));
    query.add(Map.entry("stdin", Boolean.toString(input)));
    query.add(Map.entry("stdout", "true"));
    query.add(Map.entry("stderr", Boolean.toString(!remoteTty)));
    query.add(Map.entry("tty", Boolean.toString(remoteTty)));
    try (MessageStream socket = session.cluster().connect(path, query, RemoteStreams.PROTOCOLS)) {
      return new RemoteStreams(socket, session.console(), session.environment())
          .run(input, terminal);
    } finally {
      if (terminal != null) {
        terminal.close();
      }
    }
  }
}
