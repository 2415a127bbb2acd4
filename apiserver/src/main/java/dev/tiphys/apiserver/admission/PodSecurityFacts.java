package dev.tiphys.apiserver.admission;

import dev.tiphys.api.core.v1.Container;
import dev.tiphys.api.core.v1.EphemeralContainer;
import dev.tiphys.api.core.v1.PodSecurityContext;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.SecurityContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * A pod as the Pod Security Standards look at it, and the words in which they speak of its parts.
 *
 * @param containers of all kinds
 */
record PodSecurityFacts(Map<String, String> annotations, PodSpec spec, List<Container> containers) {

  static PodSecurityFacts of(Map<String, String> annotations, PodSpec spec) {
    List<Container> all = new ArrayList<>(spec.initContainers());
    all.addAll(spec.containers());
    spec.ephemeralContainers().forEach(one -> all.add(plain(one)));
    return new PodSecurityFacts(annotations, spec, List.copyOf(all));
  }

  private static Container plain(EphemeralContainer ephemeral) {
    return Container.builder()
        .name(ephemeral.name())
        .securityContext(ephemeral.securityContext())
        .ports(ephemeral.ports())
        .livenessProbe(ephemeral.livenessProbe())
        .readinessProbe(ephemeral.readinessProbe())
        .startupProbe(ephemeral.startupProbe())
        .lifecycle(ephemeral.lifecycle())
        .build();
  }

  boolean windows() {
    return spec.os() != null && "windows".equals(spec.os().name());
  }

  PodSecurityContext context() {
    return Objects.requireNonNullElse(spec.securityContext(), PodSecurityContext.EMPTY);
  }

  static SecurityContext of(Container container) {
    return Objects.requireNonNullElse(container.securityContext(), SecurityContext.EMPTY);
  }

  /** The containers for which something holds, as sentences name them; empty for none. */
  String named(Predicate<Container> which) {
    return named("container", containers.stream().filter(which).map(Container::name).toList());
  }

  /** Parts by their names; empty for none. */
  static String named(String what, List<String> names) {
    if (names.isEmpty()) {
      return "";
    }
    return plural(what, names.size()) + " " + quoted(names);
  }

  static String plural(String what, int count) {
    return count == 1 ? what : what + "s";
  }

  static String quoted(List<String> values) {
    return String.join(", ", values.stream().map(v -> "\"" + v + "\"").toList());
  }

  /** The pod and those containers for which something holds. */
  String setters(boolean pod, Predicate<Container> which) {
    String some = named(which);
    return pod ? (some.isEmpty() ? "pod" : "pod and " + some) : some;
  }
}
