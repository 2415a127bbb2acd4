package dev.tiphys.cli.write;

import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.cli.Failure;
import dev.tiphys.cli.Session;
import dev.tiphys.cli.Verb;
import dev.tiphys.cli.print.OutputOptions;
import dev.tiphys.cli.select.Each;
import dev.tiphys.cli.select.SelectionOptions;
import dev.tiphys.cli.select.Target;
import dev.tiphys.cli.tree.Trees;
import dev.tiphys.cli.tree.View;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code set image}. */
@Command(description = "Change the images of containers: CONTAINER=IMAGE, or *=IMAGE for all.")
public final class SetImageVerb implements Verb {

  private static final List<String> CONTAINERS = List.of("initContainers", "containers");

  @Mixin SelectionOptions selection = new SelectionOptions();
  @Mixin WriteOptions write = new WriteOptions();
  @Mixin OutputOptions output = new OutputOptions();

  @Parameters(arity = "1..*", paramLabel = "RESOURCE NAME CONTAINER=IMAGE...")
  List<String> arguments = new ArrayList<>();

  @Override
  public int run(Session session) throws InterruptedException {
    Pairs pairs = Pairs.parse(arguments, "image");
    if (pairs.set().isEmpty()) {
      throw Failure.of("at least one image update is required");
    }
    List<Target> targets = selection.targets(session, pairs.resources());
    return Each.of(session, targets, each -> change(session, each, pairs.set()));
  }

  private void change(Session session, Target target, Map<String, String> images) {
    JsonTree.Obj before = target.live(session.cluster());
    boolean template = new View(before).at("spec", "template").exists();
    String[] path = template ? new String[] {"spec", "template", "spec"} : new String[] {"spec"};
    JsonTree.Obj pod = new View(before).at(path).object();
    JsonTree.Obj changed = withImages(pod, images);
    if (changed.equals(pod)) {
      return;
    }
    JsonTree.Obj patch = Trees.set(JsonTree.EMPTY_OBJECT, onlyImages(changed), path);
    JsonTree.Obj after =
        write.onClient()
            ? Trees.set(before, changed, path)
            : session
                .cluster()
                .patch(
                    target.path(),
                    "application/strategic-merge-patch+json",
                    patch.toJson(),
                    write.query("set"));
    output.report(session.console(), target.resource(), after, write.done("image updated"));
  }

  /** A pod's specification with other images. */
  static JsonTree.Obj withImages(JsonTree.Obj pod, Map<String, String> images) {
    JsonTree.Obj changed = pod;
    for (Map.Entry<String, String> image : images.entrySet()) {
      boolean found = false;
      for (String list : CONTAINERS) {
        List<JsonTree> containers = new ArrayList<>();
        for (View each : new View(changed).at(list).items()) {
          boolean meant =
              image.getKey().equals("*") || each.at("name").text().equals(image.getKey());
          found |= meant;
          containers.add(meant ? Trees.set(each.object(), image.getValue(), "image") : each.tree());
        }
        changed = containers.isEmpty() ? changed : Trees.set(changed, containers, list);
      }
      if (!found) {
        throw Failure.of("unable to find container named \"%s\"", image.getKey());
      }
    }
    return changed;
  }

  private static JsonTree.Obj onlyImages(JsonTree.Obj pod) {
    JsonTree.Obj patch = JsonTree.EMPTY_OBJECT;
    for (String list : CONTAINERS) {
      List<JsonTree.Obj> containers =
          new View(pod)
              .at(list).items().stream()
                  .map(each -> Trees.object("name", each.at("name"), "image", each.at("image")))
                  .toList();
      patch = containers.isEmpty() ? patch : Trees.set(patch, containers, list);
    }
    return patch;
  }
}
