package dev.tiphys.cli.write;

import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.cli.Failure;
import dev.tiphys.cli.Session;
import dev.tiphys.cli.Verb;
import dev.tiphys.cli.print.OutputOptions;
import dev.tiphys.cli.select.Each;
import dev.tiphys.cli.select.FileOptions;
import dev.tiphys.cli.select.Target;
import dev.tiphys.cli.tree.Trees;
import dev.tiphys.cli.tree.View;
import dev.tiphys.client.ApiException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code apply}: always by server-side apply (KEP-555), so the server keeps book of who wants which
 * field. Without {@code --server-side} it takes fields over from others, as kubectl's apply on the
 * client overwrites them, and tells created, configured or unchanged as that does.
 */
@Command(description = "Make objects as files describe them.")
public final class ApplyVerb implements Verb {

  private static final String APPLY = "application/apply-patch+yaml";

  @Mixin FileOptions files = new FileOptions();
  @Mixin WriteOptions write = new WriteOptions();
  @Mixin ValidationOption validation = new ValidationOption();
  @Mixin OutputOptions output = new OutputOptions();

  @Option(names = "--server-side", description = "Refuse to take fields over that others own.")
  boolean serverSide;

  @Option(
      names = "--force-conflicts",
      description = "With --server-side: take them over all the same.")
  boolean forceConflicts;

  @Override
  public int run(Session session) throws InterruptedException {
    if (!files.any()) {
      throw Failure.of("must specify one of -f and -k");
    }
    if (forceConflicts && !serverSide) {
      throw Failure.of("--force-conflicts only works with --server-side");
    }
    if (serverSide && write.onClient()) {
      throw Failure.of(
          "--dry-run=client doesn't work with --server-side (did you mean --dry-run=server instead?)");
    }
    write.warn(session);
    List<Target> targets = files.targets(session);
    if (targets.isEmpty()) {
      throw Failure.of("no objects passed to apply");
    }
    return Each.of(session, targets, "applying", each -> apply(session, each));
  }

  private void apply(Session session, Target target) {
    JsonTree.Obj wanted = Objects.requireNonNull(target.object(), "files have objects");
    if (target.name().isEmpty()) {
      throw Failure.of("cannot use generate name with apply");
    }
    JsonTree.Obj before = serverSide ? null : session.cluster().find(target.path());
    if (write.onClient()) {
      report(session, target, wanted, before == null ? "created" : "configured");
      return;
    }
    JsonTree.Obj after;
    try {
      after = session.cluster().patch(target.path(), APPLY, clean(wanted).toJson(), query());
    } catch (ApiException.Conflict e) {
      throw Failure.of(e.getMessage() + "\n" + WAYS_OUT);
    }
    report(session, target, after, serverSide ? "serverside-applied" : change(before, after));
  }

  private static final String WAYS_OUT =
      "Those fields belong to other managers. Either take them over with --force-conflicts,\n"
          + "or leave them out of the file, or give them the values that they have.";

  private void report(Session session, Target target, JsonTree.Obj object, String done) {
    output.report(session.console(), target.resource(), object, write.done(done));
  }

  private Map<String, String> query() {
    Map<String, String> query = write.query("apply");
    query.put("force", Boolean.toString(!serverSide || forceConflicts));
    query.put("fieldValidation", validation.parameter());
    return query;
  }

  /** What a dump of an object says about its past must not be applied. */
  private static JsonTree.Obj clean(JsonTree.Obj object) {
    return Trees.without(object, "metadata", "managedFields");
  }

  private static String change(JsonTree.@Nullable Obj before, JsonTree.Obj after) {
    if (before == null) {
      return "created";
    }
    return version(before).equals(version(after)) ? "unchanged" : "configured";
  }

  private static String version(JsonTree.Obj object) {
    return new View(object).at("metadata", "resourceVersion").text();
  }
}
