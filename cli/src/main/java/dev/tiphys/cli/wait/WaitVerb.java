package dev.tiphys.cli.wait;

import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.cli.Durations;
import dev.tiphys.cli.Failure;
import dev.tiphys.cli.Limits;
import dev.tiphys.cli.Session;
import dev.tiphys.cli.Verb;
import dev.tiphys.cli.cluster.Watch;
import dev.tiphys.cli.print.OutputOptions;
import dev.tiphys.cli.select.Each;
import dev.tiphys.cli.select.SelectionOptions;
import dev.tiphys.cli.select.Target;
import dev.tiphys.cli.tree.Trees;
import dev.tiphys.cli.tree.View;
import dev.tiphys.client.ApiException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code wait}. */
@Command(description = "Wait until objects are as wanted.")
public final class WaitVerb implements Verb {

  private static final Duration LONGEST = Duration.ofDays(7);

  @Mixin SelectionOptions selection = new SelectionOptions();
  @Mixin OutputOptions output = new OutputOptions();

  @Option(
      names = "--for",
      required = true,
      description = "condition=NAME[=VALUE], jsonpath='{PATH}'[=VALUE], create or delete.")
  String wanted = "";

  @Option(names = "--timeout", description = "How long; 0 to look once, negative for a week.")
  String timeout = "30s";

  @Parameters(arity = "0..*", paramLabel = "RESOURCE [NAME...]")
  List<String> arguments = new ArrayList<>();

  @Override
  public int run(Session session) throws InterruptedException {
    Condition condition = Condition.parse(wanted);
    Duration limit = Durations.parse("timeout", timeout);
    Instant deadline = session.now().plus(limit.isNegative() ? LONGEST : limit);
    List<Target> targets = selection.targets(session, arguments);
    if (targets.isEmpty() && !(condition instanceof Condition.Deleted)) {
      throw Failure.of("no matching resources found");
    }
    return Each.of(session, targets, each -> await(session, each, condition, deadline));
  }

  private void await(Session session, Target target, Condition condition, Instant deadline)
      throws InterruptedException {
    if (condition instanceof Condition.Deleted) {
      JsonTree.Obj now = session.cluster().find(target.path());
      if (now == null) {
        return;
      }
      String uid = new View(now).at("metadata", "uid").text();
      if (!new Gone(session, Duration.between(session.now(), deadline)).await(target, uid)) {
        throw late(target);
      }
      report(session, target);
      return;
    }
    boolean once = Durations.parse("timeout", timeout).isZero();
    while (true) {
      JsonTree.Obj now = read(session, target, condition);
      if (now != null && condition.holds(now)) {
        report(session, target);
        return;
      }
      Duration left = Duration.between(session.now(), deadline);
      if (once) {
        throw Failure.of("condition not met for %s/%s", target.resource().plural(), target.name());
      }
      if (left.isNegative() || left.isZero()) {
        throw late(target);
      }
      if (now == null) {
        session.environment().sleep(left.compareTo(Limits.POLL) < 0 ? left : Limits.POLL);
      } else if (watch(session, target, condition, now, left)) {
        report(session, target);
        return;
      }
    }
  }

  private static JsonTree.@org.jspecify.annotations.Nullable Obj read(
      Session session, Target target, Condition condition) {
    try {
      return session.cluster().get(target.path());
    } catch (ApiException.NotFound e) {
      if (condition instanceof Condition.Created) {
        return null;
      }
      throw e;
    }
  }

  /** Watches until the condition holds, or the watch or the time ends. */
  private static boolean watch(
      Session session, Target target, Condition condition, JsonTree.Obj from, Duration left) {
    try (Watch watch = target.watch(session.cluster(), from, left)) {
      for (Watch.Event event = watch.next(); event != null; event = watch.next()) {
        if (event.type().equals("DELETED")) {
          return false;
        }
        if (condition.holds(event.object())) {
          return true;
        }
      }
      return false;
    }
  }

  private static Failure late(Target target) {
    return Failure.of(
        "timed out waiting for the condition on %s/%s", target.resource().plural(), target.name());
  }

  private void report(Session session, Target target) {
    output.report(
        session.console(),
        target.resource(),
        Trees.object("metadata", Trees.object("name", target.name())),
        "condition met");
  }
}
