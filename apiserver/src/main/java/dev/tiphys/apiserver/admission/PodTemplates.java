package dev.tiphys.apiserver.admission;

import dev.tiphys.api.apps.v1.DaemonSet;
import dev.tiphys.api.apps.v1.Deployment;
import dev.tiphys.api.apps.v1.ReplicaSet;
import dev.tiphys.api.apps.v1.StatefulSet;
import dev.tiphys.api.batch.v1.CronJob;
import dev.tiphys.api.batch.v1.Job;
import dev.tiphys.api.batch.v1.JobSpec;
import dev.tiphys.api.batch.v1.JobTemplateSpec;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.PodTemplate;
import dev.tiphys.api.core.v1.PodTemplateSpec;
import dev.tiphys.api.core.v1.ReplicationController;
import dev.tiphys.api.schema.ApiObject;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What pods are made of, in whatever makes them. Pure. */
final class PodTemplates {

  private PodTemplates() {}

  /** The pod spec of a pod, or of what makes pods; null of anything else. */
  static @Nullable PodSpec specOf(ApiObject object) {
    return object instanceof Pod pod ? pod.spec() : spec(templateOf(object));
  }

  /** The annotations that its pods have. */
  static Map<String, String> annotationsOf(ApiObject object) {
    if (object instanceof Pod pod) {
      return pod.metadata().annotations();
    }
    PodTemplateSpec template = templateOf(object);
    return template == null || template.metadata() == null
        ? Map.of()
        : template.metadata().annotations();
  }

  private static @Nullable PodSpec spec(@Nullable PodTemplateSpec template) {
    return template == null ? null : template.spec();
  }

  private static @Nullable PodTemplateSpec templateOf(ApiObject object) {
    return switch (object) {
      case Deployment it -> it.spec() == null ? null : it.spec().template();
      case ReplicaSet it -> it.spec() == null ? null : it.spec().template();
      case StatefulSet it -> it.spec() == null ? null : it.spec().template();
      case DaemonSet it -> it.spec() == null ? null : it.spec().template();
      case ReplicationController it -> it.spec() == null ? null : it.spec().template();
      case PodTemplate it -> it.template();
      case Job it -> template(it.spec());
      case CronJob it -> it.spec() == null ? null : template(it.spec().jobTemplate());
      default -> null;
    };
  }

  private static @Nullable PodTemplateSpec template(@Nullable JobTemplateSpec template) {
    return template == null ? null : template(template.spec());
  }

  private static @Nullable PodTemplateSpec template(@Nullable JobSpec spec) {
    return spec == null ? null : spec.template();
  }
}
