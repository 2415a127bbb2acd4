package dev.tiphys.apiserver.strategy.workload;

import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.PodTemplateSpec;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.Checks;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Pod templates within other kinds. Pure. */
public final class Templates {

  private Templates() {}

  /** The template with the defaults of its pod spec. */
  public static @Nullable PodTemplateSpec fill(@Nullable PodTemplateSpec template) {
    return template == null || template.spec() == null
        ? template
        : template.withSpec(PodSpecDefaults.fillTemplate(template.spec()));
  }

  /** The template's labels. */
  public static Map<String, String> labels(@Nullable PodTemplateSpec template) {
    return template == null || template.metadata() == null
        ? Map.of()
        : template.metadata().labels();
  }

  /** The template's pod spec, empty if it has none. */
  public static PodSpec spec(@Nullable PodTemplateSpec template) {
    return template == null || template.spec() == null ? PodSpec.EMPTY : template.spec();
  }

  /** Says what is wrong with a template, whatever restarts its pods. */
  public static void validate(@Nullable PodTemplateSpec template, Path path, FieldErrors errors) {
    PodTemplateSpec pods = Objects.requireNonNullElse(template, PodTemplateSpec.EMPTY);
    ObjectMeta metadata = Objects.requireNonNullElse(pods.metadata(), ObjectMeta.EMPTY);
    Checks.labels(metadata.labels(), path.child("labels"), errors);
    PodAnnotations.validate(metadata.annotations(), spec(pods), path.child("annotations"), errors);
    PodSpecValidation.validate(spec(pods), path.child("spec"), errors);
    if (!spec(pods).ephemeralContainers().isEmpty()) {
      errors.forbidden(
          path.child("spec", "ephemeralContainers"),
          "ephemeral containers not allowed in pod template");
    }
  }
}
