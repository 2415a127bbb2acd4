package dev.tiphys.cli.rollout;

import dev.tiphys.api.Resources;
import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.cli.Failure;
import dev.tiphys.cli.Session;
import dev.tiphys.cli.cluster.ApiResource;
import dev.tiphys.cli.print.Labels;
import dev.tiphys.cli.select.Lists;
import dev.tiphys.cli.select.Target;
import dev.tiphys.cli.tree.Trees;
import dev.tiphys.cli.tree.View;
import dev.tiphys.cli.write.Change;
import java.util.Comparator;
import java.util.List;

/**
 * A past or present form of a workload.
 *
 * @param number counted from 1 as the workload changes
 * @param cause what the user noted as the reason; may be empty
 * @param template its pod template
 * @param patch what brings the workload back to it
 */
record Revision(long number, String cause, JsonTree.Obj template, Change patch) {

  private static final String NUMBER = "deployment.kubernetes.io/revision";
  private static final String CAUSE = "kubernetes.io/change-cause";
  private static final String HASH = "pod-template-hash";

  /** The revisions of a workload that are still known, the oldest first. */
  static List<Revision> of(Session session, Target target, View object) {
    return switch (target.resource().kind()) {
      case "Deployment" -> replicaSets(session, target, object);
      case "DaemonSet", "StatefulSet" -> controllerRevisions(session, target, object);
      default ->
          throw Failure.of(
              "no history viewer has been implemented for %s", target.resource().kind());
    };
  }

  private static List<Revision> replicaSets(Session session, Target target, View object) {
    return owned(session, ApiResource.of(Resources.REPLICA_SETS), target, object).stream()
        .map(set -> {
          JsonTree.Obj template =
              Trees.without(set.at("spec", "template").object(), "metadata", "labels", HASH);
          String number = set.at("metadata", "annotations", NUMBER).textOr("0");
          JsonTree.Arr patch =
              Trees.list(
                  Trees.object("op", "replace", "path", "/spec/template", "value", template));
          return new Revision(
              Long.parseLong(number),
              set.at("metadata", "annotations", CAUSE).text(),
              template,
              new Change("application/json-patch+json", patch));
        })
        .filter(revision -> revision.number() > 0)
        .sorted(Comparator.comparingLong(Revision::number))
        .toList();
  }

  private static List<Revision> controllerRevisions(Session session, Target target, View object) {
    return owned(session, session.catalog().require("controllerrevisions.apps"), target, object)
        .stream()
        .map(each ->
            new Revision(
                each.at("revision").number(0),
                each.at("metadata", "annotations", CAUSE).text(),
                each.at("data", "spec", "template").object(),
                new Change("application/strategic-merge-patch+json", each.at("data").object())))
        .sorted(Comparator.comparingLong(Revision::number))
        .toList();
  }

  private static List<View> owned(
      Session session, ApiResource resource, Target owner, View object) {
    String uid = object.at("metadata", "uid").text();
    return Lists.of(
            session.cluster(),
            resource,
            owner.namespace(),
            Labels.selector(object.at("spec", "selector")),
            "")
        .stream()
        .map(View::new)
        .filter(each -> each.at("metadata", "ownerReferences").with("uid", uid).exists())
        .toList();
  }
}
