package dev.tiphys.cli.pod;

import dev.tiphys.api.Resources;
import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.cli.Failure;
import dev.tiphys.cli.Session;
import dev.tiphys.cli.cluster.ApiResource;
import dev.tiphys.cli.print.Labels;
import dev.tiphys.cli.select.Arguments;
import dev.tiphys.cli.select.Lists;
import dev.tiphys.cli.tree.View;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/** Finds the pod, and the container in it, that a verb is about. */
final class Pods {

  private static final String DEFAULT_CONTAINER = "kubectl.kubernetes.io/default-container";

  /** Pods that are most likely worth a look first: running, ready, old. */
  private static final Comparator<View> MOST_TELLING =
      Comparator.comparing((View pod) -> !pod.at("spec", "nodeName").isEmpty())
          .thenComparing(pod -> pod.at("status", "phase").text().equals("Running"))
          .thenComparing(pod ->
              pod.at("status", "conditions")
                  .with("type", "Ready")
                  .at("status")
                  .text()
                  .equals("True"))
          .thenComparing(
              pod ->
                  Objects.requireNonNullElse(
                      pod.at("metadata", "creationTimestamp").instant(), Instant.EPOCH),
              Comparator.reverseOrder())
          .reversed();

  private Pods() {}

  /** The pods of the session's namespace that a selector picks. */
  static List<View> selected(Session session, String selector) {
    return Lists.of(
            session.cluster(), ApiResource.of(Resources.PODS), session.namespace(), selector, "")
        .stream()
        .map(View::new)
        .toList();
  }

  /**
   * The pod that an argument names: {@code web-0}, {@code pod/web-0}, or a workload whose pod is
   * taken.
   */
  static View named(Session session, String argument) {
    if (!argument.contains("/")) {
      return pod(session, argument);
    }
    Arguments.Asked asked = Arguments.parse(List.of(argument), session.catalog()).getFirst();
    if (asked.resource().singularQualified().equals("pod")) {
      return pod(session, asked.name());
    }
    JsonTree.Obj owner =
        session.cluster().get(asked.resource().path(session.namespace(), asked.name()));
    View selector = new View(owner).at("spec", "selector");
    String labels =
        selector.at("matchLabels").exists() || selector.at("matchExpressions").exists()
            ? Labels.selector(selector)
            : Labels.selector(selector.texts());
    if (labels.isEmpty()) {
      throw Failure.of("cannot attach to *%s: selector not found", asked.resource().kind());
    }
    List<View> pods = selected(session, labels);
    if (pods.isEmpty()) {
      throw Failure.of("timed out waiting for the condition: %s has no pods", argument);
    }
    View pod = pods.stream().min(MOST_TELLING).orElseThrow();
    if (pods.size() > 1) {
      session
          .console()
          .warn("Found " + pods.size() + " pods, using pod/" + pod.at("metadata", "name").text());
    }
    return pod;
  }

  private static View pod(Session session, String name) {
    return new View(
        session.cluster().get(ApiResource.of(Resources.PODS).path(session.namespace(), name)));
  }

  /** The path of a pod's subresource. */
  static String path(View pod, String subresource) {
    return ApiResource.of(Resources.PODS)
            .path(pod.at("metadata", "namespace").text(), pod.at("metadata", "name").text())
        + "/"
        + subresource;
  }

  /** All containers: first those that initialize, then the others. */
  static List<String> containers(View pod) {
    List<String> names = new ArrayList<>();
    for (String list : List.of("initContainers", "containers", "ephemeralContainers")) {
      pod.at("spec", list).items().forEach(each -> names.add(each.at("name").text()));
    }
    return names;
  }

  /**
   * The container to work with.
   *
   * @param asked its name, or empty for the pod's default
   */
  static String container(Session session, View pod, String asked) {
    List<View> containers = pod.at("spec", "containers").items();
    if (!asked.isEmpty()) {
      if (!containers(pod).contains(asked)) {
        throw Failure.of(
            "container %s not found in pod %s", asked, pod.at("metadata", "name").text());
      }
      return asked;
    }
    String annotated = pod.at("metadata", "annotations", DEFAULT_CONTAINER).text();
    if (!annotated.isEmpty() && containers(pod).contains(annotated)) {
      return annotated;
    }
    String first = containers.isEmpty() ? "" : containers.getFirst().at("name").text();
    List<String> all = new ArrayList<>();
    containers.forEach(each -> all.add(each.at("name").text()));
    pod.at("spec", "ephemeralContainers")
        .items()
        .forEach(each -> all.add(each.at("name").text() + " (ephem)"));
    pod.at("spec", "initContainers")
        .items()
        .forEach(each -> all.add(each.at("name").text() + " (init)"));
    if (all.size() > 1) {
      session
          .console()
          .warn(
              "Defaulted container \""
                  + first
                  + "\" out of: "
                  + all.stream().collect(Collectors.joining(", ")));
    }
    return first;
  }
}
