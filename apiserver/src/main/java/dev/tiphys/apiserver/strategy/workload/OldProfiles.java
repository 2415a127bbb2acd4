package dev.tiphys.apiserver.strategy.workload;

import dev.tiphys.api.core.v1.AppArmorProfile;
import dev.tiphys.api.core.v1.Container;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.SecurityContext;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** AppArmor profiles of containers that a pod names in annotations, as was done once. Pure. */
public final class OldProfiles {

  private static final String LOCAL = "localhost/";

  private OldProfiles() {}

  /** A new pod with fields that say what only annotations say. */
  public static Pod inFields(Pod pod) {
    PodSpec spec = pod.spec();
    Map<String, String> annotations = pod.metadata().annotations();
    boolean windows = spec != null && spec.os() != null && "windows".equals(spec.os().name());
    if (spec == null
        || windows
        || annotations.keySet().stream().noneMatch(k -> k.startsWith(PodAnnotations.APP_ARMOR))) {
      return pod;
    }
    AppArmorProfile whole =
        spec.securityContext() == null ? null : spec.securityContext().appArmorProfile();
    return pod.withSpec(
        spec.withInitContainers(inFields(spec.initContainers(), whole, annotations))
            .withContainers(inFields(spec.containers(), whole, annotations)));
  }

  private static List<Container> inFields(
      List<Container> containers, @Nullable AppArmorProfile whole, Map<String, String> old) {
    return containers.stream()
        .map(container -> {
          SecurityContext security =
              Objects.requireNonNullElse(container.securityContext(), SecurityContext.EMPTY);
          AppArmorProfile said = profile(old.get(PodAnnotations.APP_ARMOR + container.name()));
          return said == null || said.equals(whole) || security.appArmorProfile() != null
              ? container
              : container.withSecurityContext(security.withAppArmorProfile(said));
        })
        .toList();
  }

  /**
   * Whether an annotation tells more of a container of a new pod than that the profile is the whole
   * pod's.
   */
  static boolean matters(
      String annotation, @Nullable AppArmorProfile field, @Nullable AppArmorProfile whole) {
    AppArmorProfile said = profile(annotation);
    return said == null ? field == null : !said.equals(whole) && said.equals(field);
  }

  /** The profile that an annotation names, or null if no field could. */
  private static @Nullable AppArmorProfile profile(@Nullable String annotation) {
    if (annotation == null) {
      return null;
    }
    AppArmorProfile.Builder profile = AppArmorProfile.builder();
    switch (annotation) {
      case "unconfined" -> profile.type("Unconfined");
      case "runtime/default" -> profile.type("RuntimeDefault");
      default -> {
        if (!annotation.startsWith(LOCAL)) {
          return null;
        }
        profile.type("Localhost").localhostProfile(annotation.substring(LOCAL.length()));
      }
    }
    FieldErrors errors = new FieldErrors();
    SecurityValidation.appArmor(profile.build(), Path.ROOT, errors);
    return errors.isEmpty() ? profile.build() : null;
  }
}
