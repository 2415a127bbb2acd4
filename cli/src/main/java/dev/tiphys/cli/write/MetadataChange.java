package dev.tiphys.cli.write;

import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.cli.Console;
import dev.tiphys.cli.Failure;
import dev.tiphys.cli.Session;
import dev.tiphys.cli.print.OutputOptions;
import dev.tiphys.cli.select.Each;
import dev.tiphys.cli.select.SelectionOptions;
import dev.tiphys.cli.select.Target;
import dev.tiphys.cli.tree.Trees;
import dev.tiphys.cli.tree.View;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * What {@code label} and {@code annotate} have in common: they set and remove entries of a map in
 * the metadata. Filled by picocli, then only read.
 */
public final class MetadataChange {

  private static final String MERGE = "application/merge-patch+json";

  @Mixin SelectionOptions selection = new SelectionOptions();
  @Mixin WriteOptions write = new WriteOptions();
  @Mixin OutputOptions output = new OutputOptions();

  @Option(names = "--overwrite", description = "Replace values that are there.")
  boolean overwrite;

  @Option(names = "--list", description = "Show what is there.")
  boolean list;

  @Option(names = "--resource-version", description = "Refuse if the object has another version.")
  String resourceVersion = "";

  /** Says what was done, from the entries before and after. */
  interface Words {
    /** The word, as {@code labeled}. */
    String done(Map<String, String> before, Map<String, String> after);
  }

  /**
   * Changes objects.
   *
   * @param field as {@code labels}
   * @param what the singular, for messages
   */
  int run(Session session, List<String> arguments, String field, String what, Words words)
      throws InterruptedException {
    Pairs pairs = Pairs.parse(arguments, what);
    if (pairs.set().isEmpty() && pairs.remove().isEmpty() && !list) {
      throw Failure.of("at least one %s update is required", what);
    }
    List<Target> targets = selection.targets(session, pairs.resources());
    return Each.of(session, targets, each -> change(session, each, pairs, field, what, words));
  }

  private void change(
      Session session, Target target, Pairs pairs, String field, String what, Words words) {
    Console console = session.console();
    JsonTree.Obj before = target.live(session.cluster());
    Map<String, String> entries = new View(before).at("metadata", field).texts();
    if (list) {
      entries.forEach((key, value) -> console.say("%s=%s", key, value));
      return;
    }
    Map<String, JsonTree> patch = new LinkedHashMap<>();
    pairs
        .set()
        .forEach((key, value) -> {
          String old = entries.get(key);
          if (old != null && !overwrite && !old.equals(value)) {
            throw Failure.of("'%s' already has a value (%s), and --overwrite is false", key, old);
          }
          patch.put(key, new JsonTree.Text(value));
        });
    pairs
        .remove()
        .forEach(key -> {
          if (entries.containsKey(key)) {
            patch.put(key, JsonTree.Null.NULL);
          } else if (what.equals("label")) {
            console.say("%s \"%s\" not found.", what, key);
          }
        });
    JsonTree.Obj metadata =
        Trees.object(
            field, patch, "resourceVersion", resourceVersion.isEmpty() ? null : resourceVersion);
    JsonTree.Obj after = changed(session, target, before, Trees.object("metadata", metadata));
    output.report(
        console,
        target.resource(),
        after,
        write.done(words.done(entries, new View(after).at("metadata", field).texts())));
  }

  private JsonTree.Obj changed(
      Session session, Target target, JsonTree.Obj before, JsonTree.Obj patch) {
    return write.onClient()
        ? (JsonTree.Obj) Merge.of(before, patch)
        : session.cluster().patch(target.path(), MERGE, patch.toJson(), write.query("label"));
  }
}
