package dev.tiphys.cli.select;

import dev.tiphys.cli.Failure;
import dev.tiphys.cli.ServerErrors;
import dev.tiphys.cli.Session;
import dev.tiphys.client.ApiException;
import java.util.List;

/** Does something with each of several objects, whatever becomes of the others. */
public final class Each {

  /** What to do with one. */
  @FunctionalInterface
  public interface Action {
    /** Does it; a failure is told to the user, and the next one's turn comes. */
    void on(Target target) throws InterruptedException;
  }

  private Each() {}

  /** Does it. Returns the exit code: 1 if anything failed. */
  public static int of(Session session, List<Target> targets, Action action)
      throws InterruptedException {
    return of(session, targets, "", action);
  }

  /**
   * Does it.
   *
   * @param doing as {@code creating}, for messages about objects of files
   */
  public static int of(Session session, List<Target> targets, String doing, Action action)
      throws InterruptedException {
    int code = 0;
    for (Target target : targets) {
      try {
        action.on(target);
      } catch (ApiException e) {
        String context =
            doing.isEmpty() || target.file().isEmpty()
                ? ""
                : "error when " + doing + " \"" + target.file() + "\": ";
        session.console().warn(ServerErrors.text(e, context));
        code = 1;
      } catch (Failure e) {
        session.console().warn(e.shown());
        code = Math.max(code, e.exitCode());
      }
    }
    return code;
  }
}
