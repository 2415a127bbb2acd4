package dev.tiphys.cli.wait;

import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.cli.Limits;
import dev.tiphys.cli.Session;
import dev.tiphys.cli.cluster.Watch;
import dev.tiphys.cli.select.Target;
import dev.tiphys.cli.tree.View;
import dev.tiphys.client.ApiException;
import java.time.Duration;
import java.time.Instant;

/** Waits until an object is gone: deleted, or another of the same name in its place. */
public final class Gone {

  private final Session session;
  private final Instant deadline;

  /** Makes one for several objects that share a time limit. */
  public Gone(Session session, Duration timeout) {
    this.session = session;
    this.deadline = session.now().plus(timeout);
  }

  /**
   * Waits.
   *
   * @param uid of the object meant; empty for any of its name
   * @return whether it is gone; false if the time is up
   */
  public boolean await(Target target, String uid) throws InterruptedException {
    while (true) {
      JsonTree.Obj now = session.cluster().find(target.path());
      if (now == null || other(now, uid)) {
        return true;
      }
      Duration left = Duration.between(session.now(), deadline);
      if (left.isNegative() || left.isZero()) {
        return false;
      }
      try {
        watchOnce(target, now, left);
      } catch (ApiException.Forbidden | ApiException.Gone | ApiException.Refused e) {
        // Not everybody may watch, and not everything can be watched: look again in a while.
        session.environment().sleep(Limits.POLL);
      }
    }
  }

  private void watchOnce(Target target, JsonTree.Obj from, Duration left) {
    try (Watch watch = target.watch(session.cluster(), from, left)) {
      for (Watch.Event event = watch.next(); event != null; event = watch.next()) {
        if (event.type().equals("DELETED")) {
          return;
        }
      }
    }
  }

  private static boolean other(JsonTree.Obj now, String uid) {
    return !uid.isEmpty() && !new View(now).at("metadata", "uid").text().equals(uid);
  }
}
