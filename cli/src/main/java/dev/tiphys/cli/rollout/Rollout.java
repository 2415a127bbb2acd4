package dev.tiphys.cli.rollout;

import dev.tiphys.cli.Failure;
import dev.tiphys.cli.tree.View;

/**
 * How far a workload's change has come.
 *
 * @param message for the user, without line break
 * @param done whether there is nothing more to wait for
 */
record Rollout(String message, boolean done) {

  private static final String REVISION = "deployment.kubernetes.io/revision";

  /**
   * Reads it off an object. Pure.
   *
   * @param revision what the user waits for; 0 for the latest
   * @throws Failure if the change failed, or the kind has no rollouts
   */
  static Rollout of(View object, long revision) {
    String kind = object.at("kind").text();
    return switch (kind) {
      case "Deployment" -> deployment(object, revision);
      case "DaemonSet" -> daemonSet(object);
      case "StatefulSet" -> statefulSet(object);
      default ->
          throw Failure.of(
              "no status viewer has been implemented for %s", object.at("kind").text());
    };
  }

  private static boolean observed(View object) {
    return object.at("metadata", "generation").number(0)
        <= object.at("status", "observedGeneration").number(0);
  }

  private static Rollout deployment(View object, long revision) {
    String name = object.at("metadata", "name").text();
    if (revision > 0) {
      String has = object.at("metadata", "annotations", REVISION).textOr("0");
      if (!has.equals(Long.toString(revision))) {
        throw Failure.of(
            "desired revision (%d) is different from the running revision (%s)", revision, has);
      }
    }
    if (!observed(object)) {
      return new Rollout("Waiting for deployment spec update to be observed...", false);
    }
    View progressing = object.at("status", "conditions").with("type", "Progressing");
    if (progressing.at("reason").text().equals("ProgressDeadlineExceeded")) {
      throw Failure.of("deployment \"%s\" exceeded its progress deadline", name);
    }
    long wanted = object.at("spec", "replicas").number(1);
    long updated = object.at("status", "updatedReplicas").number(0);
    long all = object.at("status", "replicas").number(0);
    long available = object.at("status", "availableReplicas").number(0);
    String waiting = "Waiting for deployment \"" + name + "\" rollout to finish: ";
    if (updated < wanted) {
      return new Rollout(
          waiting + updated + " out of " + wanted + " new replicas have been updated...", false);
    }
    if (all > updated) {
      return new Rollout(
          waiting + (all - updated) + " old replicas are pending termination...", false);
    }
    if (available < updated) {
      return new Rollout(
          waiting + available + " of " + updated + " updated replicas are available...", false);
    }
    return new Rollout("deployment \"" + name + "\" successfully rolled out", true);
  }

  private static Rollout daemonSet(View object) {
    String name = object.at("metadata", "name").text();
    if (!object
        .at("spec", "updateStrategy", "type")
        .textOr("RollingUpdate")
        .equals("RollingUpdate")) {
      throw Failure.of("rollout status is only available for RollingUpdate strategy type");
    }
    if (!observed(object)) {
      return new Rollout("Waiting for daemon set spec update to be observed...", false);
    }
    long wanted = object.at("status", "desiredNumberScheduled").number(0);
    long updated = object.at("status", "updatedNumberScheduled").number(0);
    long available = object.at("status", "numberAvailable").number(0);
    String waiting = "Waiting for daemon set \"" + name + "\" rollout to finish: ";
    if (updated < wanted) {
      return new Rollout(
          waiting + updated + " out of " + wanted + " new pods have been updated...", false);
    }
    if (available < wanted) {
      return new Rollout(
          waiting + available + " of " + wanted + " updated pods are available...", false);
    }
    return new Rollout("daemon set \"" + name + "\" successfully rolled out", true);
  }

  private static Rollout statefulSet(View object) {
    if (!object
        .at("spec", "updateStrategy", "type")
        .textOr("RollingUpdate")
        .equals("RollingUpdate")) {
      throw Failure.of("rollout status is only available for RollingUpdate strategy type");
    }
    if (!observed(object)) {
      return new Rollout("Waiting for statefulset spec update to be observed...", false);
    }
    long wanted = object.at("spec", "replicas").number(1);
    long ready = object.at("status", "readyReplicas").number(0);
    long updated = object.at("status", "updatedReplicas").number(0);
    long partition = object.at("spec", "updateStrategy", "rollingUpdate", "partition").number(0);
    if (ready < wanted) {
      return new Rollout("Waiting for " + (wanted - ready) + " pods to be ready...", false);
    }
    if (partition > 0) {
      return updated < wanted - partition
          ? new Rollout(
              "Waiting for partitioned roll out to finish: "
                  + updated
                  + " out of "
                  + (wanted - partition)
                  + " new pods have been updated...",
              false)
          : new Rollout(
              "partitioned roll out complete: " + updated + " new pods have been updated...", true);
    }
    String latest = object.at("status", "updateRevision").text();
    if (!latest.equals(object.at("status", "currentRevision").text())) {
      return new Rollout(
          "waiting for statefulset rolling update to complete "
              + updated
              + " pods at revision "
              + latest
              + "...",
          false);
    }
    return new Rollout(
        "statefulset rolling update complete "
            + object.at("status", "currentReplicas").number(0)
            + " pods at revision "
            + object.at("status", "currentRevision").text()
            + "...",
        true);
  }
}
