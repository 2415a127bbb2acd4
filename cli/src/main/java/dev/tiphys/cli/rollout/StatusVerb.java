package dev.tiphys.cli.rollout;

import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.cli.Durations;
import dev.tiphys.cli.Failure;
import dev.tiphys.cli.Session;
import dev.tiphys.cli.Verb;
import dev.tiphys.cli.cluster.Watch;
import dev.tiphys.cli.select.Each;
import dev.tiphys.cli.select.SelectionOptions;
import dev.tiphys.cli.select.Target;
import dev.tiphys.cli.tree.View;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code rollout status}. */
@Command(description = "Tell how a change of a workload goes, until it is done.")
public final class StatusVerb implements Verb {

  private static final Duration FOREVER = Duration.ofDays(365);

  @Mixin SelectionOptions selection = new SelectionOptions();

  @Option(
      names = {"-w", "--watch"},
      description = "Wait until it is done.")
  boolean watch = true;

  @Option(names = "--revision", description = "The revision to wait for; 0 for the latest.")
  long revision;

  @Option(names = "--timeout", description = "How long to wait; 0 for as long as it takes.")
  String timeout = "0";

  @Parameters(arity = "0..*", paramLabel = "RESOURCE NAME")
  List<String> arguments = new ArrayList<>();

  @Override
  public int run(Session session) throws InterruptedException {
    Duration limit = Durations.parse("timeout", timeout);
    Instant deadline = session.now().plus(limit.isZero() ? FOREVER : limit);
    List<Target> targets = selection.targets(session, arguments);
    return Each.of(session, targets, each -> follow(session, each, deadline));
  }

  private void follow(Session session, Target target, Instant deadline)
      throws InterruptedException {
    String shown = "";
    while (true) {
      JsonTree.Obj now = session.cluster().get(target.path());
      Rollout rollout = Rollout.of(new View(now), revision);
      shown = show(session, rollout, shown);
      if (rollout.done() || !watch) {
        return;
      }
      Duration left = Duration.between(session.now(), deadline);
      if (left.isNegative() || left.isZero()) {
        throw Failure.of("timed out waiting for the condition");
      }
      try (Watch changes = target.watch(session.cluster(), now, left)) {
        for (Watch.Event event = changes.next(); event != null; event = changes.next()) {
          if (event.type().equals("DELETED")) {
            throw Failure.of("object has been deleted");
          }
          rollout = Rollout.of(new View(event.object()), revision);
          shown = show(session, rollout, shown);
          if (rollout.done()) {
            return;
          }
        }
      }
    }
  }

  private static String show(Session session, Rollout rollout, String shown) {
    if (!rollout.message().equals(shown)) {
      session.console().sayNow(rollout.message());
    }
    return rollout.message();
  }
}
