package dev.tiphys.kubelet.probe;

import dev.tiphys.api.core.v1.Probe;
import org.jspecify.annotations.Nullable;

/**
 * What the answers so far come to. One answer alone does not change it; as many alike in a row do
 * as the probe's thresholds say. Immutable.
 *
 * @param passed the verdict
 * @param run how many answers in a row were alike
 * @param lastGood what they were
 */
public record Verdict(boolean passed, int run, boolean lastGood) {

  /** Before the first answer: alive until proven dead, but neither ready nor started. */
  public static Verdict initial(ProbeKind kind) {
    return known(kind == ProbeKind.LIVENESS);
  }

  /** A verdict from before this process; answers count from here. */
  public static Verdict known(boolean passed) {
    return new Verdict(passed, 0, false);
  }

  /** The verdict after one more answer. */
  public Verdict after(boolean good, Probe probe) {
    int alike = run > 0 && lastGood == good ? run + 1 : 1;
    int needed =
        good ? threshold(probe.successThreshold(), 1) : threshold(probe.failureThreshold(), 3);
    return new Verdict(alike >= needed ? good : passed, alike, good);
  }

  /** Whether the last answer was bad as often as it takes: a container is restarted then. */
  public boolean failed(Probe probe) {
    return !passed && !lastGood && run >= threshold(probe.failureThreshold(), 3);
  }

  private static int threshold(@Nullable Integer stated, int otherwise) {
    return stated == null || stated < 1 ? otherwise : stated;
  }
}
