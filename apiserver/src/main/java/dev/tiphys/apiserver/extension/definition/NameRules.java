package dev.tiphys.apiserver.extension.definition;

import dev.tiphys.api.apiextensions.v1.CustomResourceDefinition;
import dev.tiphys.api.apiextensions.v1.CustomResourceDefinitionNames;
import dev.tiphys.api.apiextensions.v1.CustomResourceDefinitionSpec;
import dev.tiphys.api.apiextensions.v1.CustomResourceDefinitionStatus;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which names a definition gets: those that no other definition of its group has got before. The
 * objects are served once all names are accepted. Pure.
 */
final class NameRules {

  private NameRules() {}

  /** The definition with the names it gets and the conditions that say so. */
  static CustomResourceDefinition apply(
      CustomResourceDefinition crd, Collection<CustomResourceDefinition> all, Instant now) {
    CustomResourceDefinitionSpec spec = crd.spec();
    CustomResourceDefinitionNames wanted = spec == null ? null : spec.names();
    if (spec == null || wanted == null) {
      return crd;
    }
    Set<String> resources = new HashSet<>();
    Set<String> kinds = new HashSet<>();
    for (CustomResourceDefinition other : all) {
      CustomResourceDefinitionNames taken = accepted(other);
      boolean sameGroup =
          other.spec() != null && Objects.equals(other.spec().group(), spec.group());
      if (taken != null
          && sameGroup
          && !Objects.equals(other.metadata().name(), crd.metadata().name())) {
        resources.add(text(taken.plural()));
        resources.add(text(taken.singular()));
        resources.addAll(taken.shortNames());
        kinds.add(text(taken.kind()));
        kinds.add(text(taken.listKind()));
      }
    }
    Conflict conflict = conflict(wanted, resources, kinds);
    CustomResourceDefinitionNames old = accepted(crd);
    CustomResourceDefinitionNames base =
        old == null ? CustomResourceDefinitionNames.builder().plural("").kind("").build() : old;
    CustomResourceDefinition next = withNames(crd, merged(wanted, base, resources, kinds));
    if (conflict == null) {
      next =
          Conditions.with(
              next, Conditions.NAMES_ACCEPTED, true, "NoConflicts", "no conflicts found", now);
      return Conditions.with(
          next,
          Conditions.ESTABLISHED,
          true,
          "InitialNamesAccepted",
          "the initial names have been accepted",
          now);
    }
    next =
        Conditions.with(
            next, Conditions.NAMES_ACCEPTED, false, conflict.reason(), conflict.message(), now);
    if (!Conditions.isTrue(crd, Conditions.ESTABLISHED)) {
      next =
          Conditions.with(
              next,
              Conditions.ESTABLISHED,
              false,
              "NotAccepted",
              "not all names are accepted",
              now);
    }
    return next;
  }

  private record Conflict(String reason, String message) {}

  private static @Nullable Conflict conflict(
      CustomResourceDefinitionNames wanted, Set<String> resources, Set<String> kinds) {
    if (resources.contains(text(wanted.plural()))) {
      return new Conflict("PluralConflict", inUse(text(wanted.plural())));
    }
    if (resources.contains(text(wanted.singular()))) {
      return new Conflict("SingularConflict", inUse(text(wanted.singular())));
    }
    for (String shortName : wanted.shortNames()) {
      if (resources.contains(shortName)) {
        return new Conflict("ShortNamesConflict", inUse(shortName));
      }
    }
    if (kinds.contains(text(wanted.kind()))) {
      return new Conflict("KindConflict", inUse(text(wanted.kind())));
    }
    if (kinds.contains(text(wanted.listKind()))) {
      return new Conflict("ListKindConflict", inUse(text(wanted.listKind())));
    }
    return null;
  }

  private static String inUse(String name) {
    return "\"" + name + "\" is already in use";
  }

  /** Each name that is free; of those that are not, the one got before. */
  private static CustomResourceDefinitionNames merged(
      CustomResourceDefinitionNames wanted,
      CustomResourceDefinitionNames old,
      Set<String> resources,
      Set<String> kinds) {
    boolean shortNamesFree = wanted.shortNames().stream().noneMatch(resources::contains);
    return wanted.toBuilder()
        .plural(resources.contains(text(wanted.plural())) ? old.plural() : wanted.plural())
        .singular(resources.contains(text(wanted.singular())) ? old.singular() : wanted.singular())
        .shortNames(shortNamesFree ? wanted.shortNames() : old.shortNames())
        .kind(kinds.contains(text(wanted.kind())) ? old.kind() : wanted.kind())
        .listKind(kinds.contains(text(wanted.listKind())) ? old.listKind() : wanted.listKind())
        .build();
  }

  private static CustomResourceDefinition withNames(
      CustomResourceDefinition crd, CustomResourceDefinitionNames names) {
    CustomResourceDefinitionStatus status =
        crd.status() == null ? CustomResourceDefinitionStatus.EMPTY : crd.status();
    return names.equals(status.acceptedNames())
        ? crd
        : crd.withStatus(status.withAcceptedNames(names));
  }

  private static @Nullable CustomResourceDefinitionNames accepted(CustomResourceDefinition crd) {
    return crd.status() == null ? null : crd.status().acceptedNames();
  }

  private static String text(@Nullable String text) {
    return text == null ? "" : text;
  }
}
