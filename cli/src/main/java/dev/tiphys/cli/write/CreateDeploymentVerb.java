package dev.tiphys.cli.write;

import dev.tiphys.api.Resources;
import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.cli.Failure;
import dev.tiphys.cli.Session;
import dev.tiphys.cli.Verb;
import dev.tiphys.cli.tree.Trees;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code create deployment}. */
@Command(description = "Create a deployment.")
public final class CreateDeploymentVerb implements Verb {

  @Mixin Creation creation = new Creation();

  @Option(names = "--image", split = ",", description = "The image to run; repeatable.")
  List<String> images = new ArrayList<>();

  @Option(
      names = {"-r", "--replicas"},
      description = "How many pods.")
  int replicas = 1;

  @Option(names = "--port", description = "The port that the container serves.")
  @Nullable Integer port;

  @Parameters(index = "0", paramLabel = "NAME")
  String name = "";

  @Parameters(index = "1..*", arity = "0..*", paramLabel = "-- COMMAND ARGS")
  List<String> command = new ArrayList<>();

  @Override
  public int run(Session session) {
    if (images.isEmpty()) {
      throw Failure.of("required flag(s) \"image\" not set");
    }
    if (images.size() > 1 && !command.isEmpty()) {
      throw Failure.of("cannot specify multiple --image options and command");
    }
    return creation.create(session, Resources.DEPLOYMENTS, "deployment", deployment());
  }

  JsonTree.Obj deployment() {
    JsonTree.Obj labels = Trees.object("app", name);
    return Trees.object(
        "apiVersion",
        "apps/v1",
        "kind",
        "Deployment",
        "metadata",
        Trees.object("name", name, "labels", labels),
        "spec",
        Trees.object(
            "replicas", replicas,
            "selector", Trees.object("matchLabels", labels),
            "template",
                Trees.object(
                    "metadata", Trees.object("labels", labels),
                    "spec",
                        Trees.object(
                            "containers", images.stream().map(this::container).toList()))));
  }

  private JsonTree.Obj container(String image) {
    return Trees.object(
        "name",
        containerName(image),
        "image",
        image,
        "command",
        command.isEmpty() ? null : command,
        "ports",
        port == null ? null : Trees.list(Trees.object("containerPort", port)));
  }

  /** The last part of an image's name, made fit for a name. */
  static String containerName(String image) {
    String last = image.substring(image.lastIndexOf('/') + 1);
    String plain = last.split("[:@]", 2)[0].toLowerCase(Locale.ROOT);
    String name = plain.replaceAll("[^a-z0-9-]+", "-").replaceAll("^-+|-+$", "");
    return name.isEmpty() ? "container" : name;
  }
}
