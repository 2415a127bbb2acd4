package dev.tiphys.apiserver.strategy.workload;

import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.PodTemplateSpec;
import dev.tiphys.api.core.v1.Volume;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.Checks;
import java.util.List;
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

  /** Says which disks only one of several pods could write to. */
  public static void checkDisks(
      @Nullable PodTemplateSpec template,
      @Nullable Integer replicas,
      Path path,
      FieldErrors errors) {
    if (replicas == null || replicas < 2) {
      return;
    }
    List<Volume> volumes = spec(template).volumes();
    for (int i = 0; i < volumes.size(); i++) {
      var disk = volumes.get(i).gcePersistentDisk();
      if (disk != null && !Boolean.TRUE.equals(disk.readOnly())) {
        errors.invalid(
            path.child("spec", "volumes").index(i).child("gcePersistentDisk", "readOnly"),
            false,
            "must be true for replicated pods > 1; GCE PD can only be mounted on multiple machines"
                + " if it is read-only");
      }
    }
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
