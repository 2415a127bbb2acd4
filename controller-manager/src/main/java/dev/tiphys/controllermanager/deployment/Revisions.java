package dev.tiphys.controllermanager.deployment;

import dev.tiphys.api.apps.v1.Deployment;
import dev.tiphys.api.apps.v1.ReplicaSet;
import dev.tiphys.api.codec.JsonCodec;
import dev.tiphys.api.core.v1.PodTemplateSpec;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.controllermanager.common.Absent;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Which ReplicaSet is which revision of a Deployment, and the annotations that say so. Pure. */
final class Revisions {

  static final String HASH_LABEL = "pod-template-hash";
  static final String REVISION = "deployment.kubernetes.io/revision";
  static final String HISTORY = "deployment.kubernetes.io/revision-history";
  static final String DESIRED = "deployment.kubernetes.io/desired-replicas";
  static final String MAX = "deployment.kubernetes.io/max-replicas";

  /** Annotations of a Deployment that are not for its ReplicaSets. */
  private static final Set<String> OWN =
      Set.of(
          "kubectl.kubernetes.io/last-applied-configuration",
          REVISION,
          HISTORY,
          DESIRED,
          MAX,
          "deprecated.deployment.rollback.to");

  /** Letters that make no words, and cannot be mistaken for each other. */
  private static final String SAFE_LETTERS = "bcdfghjklmnpqrstvwxz2456789";

  private Revisions() {}

  /** The revision number of a Deployment or ReplicaSet; 0 if it has none. */
  static long of(ApiObject object) {
    return number(object, REVISION);
  }

  static long number(ApiObject object, String annotation) {
    String text = object.metadata().annotations().get(annotation);
    try {
      return text == null ? 0 : Long.parseLong(text);
    } catch (NumberFormatException invalid) {
      return 0;
    }
  }

  /** Whether a ReplicaSet has the Deployment's present template, the hash label apart. */
  static boolean sameTemplate(Deployment deployment, ReplicaSet set) {
    return Objects.equals(
        withoutHash(Absent.never(Absent.never(deployment.spec()).template())),
        withoutHash(Absent.never(Absent.never(set.spec()).template())));
  }

  private static PodTemplateSpec withoutHash(PodTemplateSpec template) {
    ObjectMeta metadata = Absent.or(template.metadata(), ObjectMeta.EMPTY);
    Map<String, String> labels = new HashMap<>(metadata.labels());
    labels.remove(HASH_LABEL);
    return template.withMetadata(metadata.withLabels(labels));
  }

  /** A short text that differs between templates; a collision count makes it differ again. */
  static String hash(PodTemplateSpec template, int collisions) {
    int hash = 0x811c9dc5;
    for (byte each : JsonCodec.encode(template)) {
      hash = (hash ^ (each & 0xff)) * 0x01000193;
    }
    for (int shift = 0; collisions > 0 && shift < 32; shift += 8) {
      hash = (hash ^ (collisions >>> shift & 0xff)) * 0x01000193;
    }
    StringBuilder text = new StringBuilder();
    for (char digit : Integer.toUnsignedString(hash).toCharArray()) {
      text.append(SAFE_LETTERS.charAt(digit % SAFE_LETTERS.length()));
    }
    return text.toString();
  }

  /** The highest revision among ReplicaSets. */
  static long highest(List<ReplicaSet> sets) {
    return sets.stream().mapToLong(Revisions::of).max().orElse(0);
  }

  /** The annotations of the ReplicaSet that is the Deployment's present revision. */
  static Map<String, String> annotations(
      Deployment deployment, Map<String, String> before, long revision) {
    Map<String, String> after = new HashMap<>(before);
    deployment
        .metadata()
        .annotations()
        .forEach((name, value) -> {
          if (!OWN.contains(name)) {
            after.put(name, value);
          }
        });
    String old = before.get(REVISION);
    long was = old == null || !old.matches("\\d{1,18}") ? 0 : Long.parseLong(old);
    if (was < revision) {
      after.put(REVISION, Long.toString(revision));
      if (was > 0) {
        String history = before.get(HISTORY);
        after.put(HISTORY, history == null || history.isEmpty() ? old : history + "," + old);
      }
    }
    return after;
  }

  /** The annotations by which a later scaling knows what this one was for. */
  static Map<String, String> sized(Map<String, String> before, int desired, int most) {
    Map<String, String> after = new HashMap<>(before);
    after.put(DESIRED, Integer.toString(desired));
    after.put(MAX, Integer.toString(most));
    return after;
  }
}
