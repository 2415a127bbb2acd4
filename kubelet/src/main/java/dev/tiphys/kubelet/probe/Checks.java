package dev.tiphys.kubelet.probe;

import dev.tiphys.api.core.v1.HTTPGetAction;
import java.time.Duration;

/** Single questions, for those who need no thresholds: lifecycle hooks. */
public final class Checks {

  private Checks() {}

  /** Asks by HTTP once; blocks up to the timeout. */
  public static Answer http(HTTPGetAction action, Target target, Duration timeout) {
    return HttpCheck.ask(action, target, timeout);
  }
}
