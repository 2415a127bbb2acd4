package dev.tiphys.cli.pod;

import dev.tiphys.cli.Failure;
import dev.tiphys.cli.Session;
import dev.tiphys.cli.Verb;
import dev.tiphys.cli.tree.View;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code exec}. */
@Command(description = "Run a command in a container.")
public final class ExecVerb implements Verb {

  @Mixin StreamOptions streams = new StreamOptions();

  @Parameters(index = "0", arity = "0..1", paramLabel = "POD|TYPE/NAME")
  String pod = "";

  @Parameters(index = "1..*", arity = "0..*", paramLabel = "-- COMMAND ARGS")
  List<String> command = new ArrayList<>();

  @Override
  public int run(Session session) {
    if (pod.isEmpty()) {
      throw Failure.of("pod, type/name or --filename must be specified");
    }
    if (command.isEmpty()) {
      throw Failure.of("you must specify at least one command for the container");
    }
    View found = Pods.named(session, pod);
    String phase = found.at("status", "phase").text();
    if (phase.equals("Succeeded") || phase.equals("Failed")) {
      throw Failure.of(
          "cannot exec into a container in a completed pod; current phase is %s", phase);
    }
    String container = Pods.container(session, found, streams.container);
    List<Map.Entry<String, String>> query = new ArrayList<>();
    command.forEach(word -> query.add(Map.entry("command", word)));
    return streams.run(session, Pods.path(found, "exec"), container, query);
  }
}
