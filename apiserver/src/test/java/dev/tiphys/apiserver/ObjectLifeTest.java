package dev.tiphys.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.apiserver.TestApi.Answer;
import org.junit.jupiter.api.Test;

/** How objects come, change and go. */
final class ObjectLifeTest extends InNamespace {

  private static final String POD =
      """
      {"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"tiphys.local/echo:1"}]}}
      """;

  private static final String DEPLOYMENT =
      """
      {"metadata":{"name":"web"},"spec":{"replicas":2,"selector":{"matchLabels":{"app":"web"}},
       "template":{"metadata":{"labels":{"app":"web"}},
                   "spec":{"containers":[{"name":"c","image":"tiphys.local/echo:1"}]}}}}
      """;

  @Test
  void podsAreCompletedBeforeTheyAreStored() {
    Answer pod = admin.post(core + "/pods", POD);
    assertThat(pod.code()).isEqualTo(201);
    assertThat(pod.at("spec.serviceAccountName")).isEqualTo("default");
    assertThat(pod.at("spec.volumes.0.name")).startsWith("kube-api-access-");
    assertThat(pod.at("spec.containers.0.volumeMounts.0.mountPath"))
        .isEqualTo("/var/run/secrets/kubernetes.io/serviceaccount");
    assertThat(pod.at("spec.tolerations.1.tolerationSeconds")).isEqualTo("300");
    assertThat(pod.at("spec.priority")).isEqualTo("0");
    assertThat(pod.at("status.phase")).isEqualTo("Pending");
  }

  @Test
  void aPodIsBoundOnceAndDeletedInTwoSteps() {
    admin.post(core + "/pods", POD);
    String binding = "{\"target\":{\"kind\":\"Node\",\"name\":\"n1\"}}";
    assertThat(admin.post(core + "/pods/p/binding", binding).code()).isEqualTo(201);
    Answer again = admin.post(core + "/pods/p/binding", binding);
    assertThat(again.code()).isEqualTo(409);
    assertThat(again.at("message")).contains("pod p is already assigned to node \"n1\"");

    Answer ending = admin.delete(core + "/pods/p", "");
    assertThat(ending.at("metadata.deletionGracePeriodSeconds")).isEqualTo("30");
    assertThat(admin.get(core + "/pods/p").code()).isEqualTo(200);
    admin.delete(core + "/pods/p", "{\"gracePeriodSeconds\":0}");
    assertThat(admin.get(core + "/pods/p").code()).isEqualTo(404);
  }

  @Test
  void finalizersKeepAnObjectUntilTheLastIsGone() {
    admin.post(
        core + "/configmaps", "{\"metadata\":{\"name\":\"m\",\"finalizers\":[\"x.test/f\"]}}");
    admin.delete(core + "/configmaps/m", "");
    assertThat(admin.get(core + "/configmaps/m").at("metadata.deletionTimestamp")).isNotEmpty();
    admin.patch(core + "/configmaps/m", "merge-patch+json", "{\"metadata\":{\"finalizers\":null}}");
    assertThat(admin.get(core + "/configmaps/m").code()).isEqualTo(404);
  }

  @Test
  void propagationPolicyBecomesAFinalizer() {
    admin.post(apps + "/deployments", DEPLOYMENT);
    Answer waiting =
        admin.delete(apps + "/deployments/web", "{\"propagationPolicy\":\"Foreground\"}");
    assertThat(waiting.at("metadata.finalizers.0")).isEqualTo("foregroundDeletion");
  }

  @Test
  void generationsCountWhatIsAskedForAndStatusIsWrittenApart() {
    admin.post(apps + "/deployments", DEPLOYMENT);
    Answer labeled =
        admin.patch(
            apps + "/deployments/web",
            "strategic-merge-patch+json",
            "{\"metadata\":{\"labels\":{\"a\":\"b\"}},\"status\":{\"replicas\":9}}");
    assertThat(labeled.at("metadata.generation")).isEqualTo("1");
    assertThat(labeled.at("status.replicas")).isEmpty();
    Answer reported =
        admin.patch(
            apps + "/deployments/web/status",
            "merge-patch+json",
            "{\"spec\":{\"replicas\":7},\"status\":{\"replicas\":2}}");
    assertThat(reported.at("status.replicas")).isEqualTo("2");
    assertThat(reported.at("spec.replicas")).isEqualTo("2");
    Answer scaled =
        admin.patch(
            apps + "/deployments/web/scale", "merge-patch+json", "{\"spec\":{\"replicas\":5}}");
    assertThat(scaled.at("kind")).isEqualTo("Scale");
    assertThat(scaled.at("status.selector")).isEqualTo("app=web");
    Answer changed = admin.get(apps + "/deployments/web");
    assertThat(changed.at("spec.replicas")).isEqualTo("5");
    assertThat(changed.at("metadata.generation")).isEqualTo("2");
  }

  @Test
  void aDeletedNamespaceTakesNothingNewAndGoesWhenFinalized() {
    admin.delete("/api/v1/namespaces/" + namespace, "");
    Answer refused = configMap("m");
    assertThat(refused.code()).isEqualTo(403);
    assertThat(refused.at("details.causes.0.reason")).isEqualTo("NamespaceTerminating");
    Answer terminating = admin.get("/api/v1/namespaces/" + namespace);
    assertThat(terminating.at("status.phase")).isEqualTo("Terminating");
    admin.put(
        "/api/v1/namespaces/" + namespace + "/finalize",
        "{\"metadata\":{\"name\":\"" + namespace + "\"},\"spec\":{}}");
    assertThat(admin.get("/api/v1/namespaces/" + namespace).code()).isEqualTo(404);
  }

  @Test
  void eventsAreTheSameInBothGroups() {
    admin.post(
        core + "/events",
        """
        {"metadata":{"name":"e"},"involvedObject":{"kind":"Pod","name":"p","namespace":"%s"},
         "reason":"Why","message":"words","type":"Normal"}
        """
            .formatted(namespace));
    Answer other = admin.get("/apis/events.k8s.io/v1/namespaces/" + namespace + "/events/e");
    assertThat(other.at("apiVersion")).isEqualTo("events.k8s.io/v1");
    assertThat(other.at("note")).isEqualTo("words");
    assertThat(other.at("regarding.name")).isEqualTo("p");
  }
}
