package dev.tiphys.cli.write;

import dev.tiphys.api.Resources;
import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.cli.Failure;
import dev.tiphys.cli.Session;
import dev.tiphys.cli.Verb;
import dev.tiphys.cli.cluster.ApiResource;
import dev.tiphys.cli.tree.Trees;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code run}. */
@Command(description = "Create a pod that runs an image.")
public final class RunVerb implements Verb {

  @Mixin Creation creation = new Creation();

  @Option(names = "--image", description = "The image to run.")
  String image = "";

  @Option(names = "--image-pull-policy", description = "Always, IfNotPresent or Never.")
  @Nullable String pullPolicy;

  @Option(names = "--restart", description = "Always, OnFailure or Never.")
  String restart = "Always";

  @Option(names = "--port", description = "The port that the container serves.")
  @Nullable Integer port;

  @Option(names = "--env", description = "NAME=VALUE; repeatable.")
  List<String> env = new ArrayList<>();

  @Option(
      names = {"-l", "--labels"},
      split = ",",
      description = "KEY=VALUE,…")
  List<String> labels = new ArrayList<>();

  @Option(
      names = "--command",
      description = "What follows replaces the image's command, not its arguments.")
  boolean command;

  @Parameters(index = "0", paramLabel = "NAME")
  String name = "";

  @Parameters(index = "1..*", arity = "0..*", paramLabel = "-- ARGS")
  List<String> arguments = new ArrayList<>();

  @Override
  public int run(Session session) {
    if (image.isEmpty()) {
      throw Failure.of("required flag(s) \"image\" not set");
    }
    creation.report(session, ApiResource.of(Resources.PODS), pod(), "created");
    return 0;
  }

  private JsonTree.Obj pod() {
    Map<String, String> own = new LinkedHashMap<>();
    labels.forEach(each -> own.put(pair(each)[0], pair(each)[1]));
    List<JsonTree.Obj> variables =
        env.stream()
            .map(each -> Trees.object("name", pair(each)[0], "value", pair(each)[1]))
            .toList();
    JsonTree.Obj container =
        Trees.object(
            "args", arguments.isEmpty() || command ? null : arguments,
            "command", arguments.isEmpty() || !command ? null : arguments,
            "env", variables.isEmpty() ? null : variables,
            "image", image,
            "imagePullPolicy", pullPolicy,
            "name", name,
            "ports", port == null ? null : Trees.list(Trees.object("containerPort", port)));
    return Trees.object(
        "apiVersion",
        "v1",
        "kind",
        "Pod",
        "metadata",
        Trees.object("labels", own.isEmpty() ? Map.of("run", name) : own, "name", name),
        "spec",
        Trees.object("containers", List.of(container), "restartPolicy", restart));
  }

  private static String[] pair(String text) {
    String[] parts = text.split("=", 2);
    if (parts.length < 2 || parts[0].isEmpty()) {
      throw Failure.of("invalid pair %s: expected key=value", text);
    }
    return parts;
  }
}
