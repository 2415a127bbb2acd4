package dev.tiphys.apiserver.discovery;

import dev.tiphys.apiserver.answer.Answers;
import dev.tiphys.apiserver.request.ApiCall;
import dev.tiphys.daemon.HealthChecks;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Answers {@code /healthz}, {@code /livez}, {@code /readyz} and one check below each. */
public final class HealthPages {

  private final HealthChecks checks;

  /** Answers by running checks. */
  public HealthPages(HealthChecks checks) {
    this.checks = checks;
  }

  /** Answers a request. */
  public void answer(ApiCall call) throws IOException {
    String[] parts = call.exchange().path().substring(1).split("/", 2);
    if (parts.length == 2 && !parts[1].isEmpty()) {
      Optional<HealthChecks.Outcome> one = checks.runOne(parts[1]);
      if (one.isEmpty()) {
        Answers.text(call, 404, "404 page not found\n");
      } else {
        Answers.text(call, one.get().healthy() ? 200 : 500, one.get().report());
      }
      return;
    }
    List<String> excluded = call.query().all("exclude");
    HealthChecks.Outcome outcome = checks.run(parts[0], excluded);
    boolean verbose = call.query().has("verbose");
    Answers.text(
        call,
        outcome.healthy() ? 200 : 500,
        outcome.healthy() && !verbose ? "ok" : outcome.report());
  }
}
