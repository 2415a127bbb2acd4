package dev.tiphys.benchmarks;

import dev.tiphys.api.codec.JsonCodec;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.merge.Defaults;
import dev.tiphys.api.merge.FieldManager;
import dev.tiphys.api.merge.FieldSet;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/** A Pod as a workload's controller sends it. */
final class Samples {

  static final FieldManager.Write WRITE =
      new FieldManager.Write(
          "kube-controller-manager",
          "v1",
          "",
          FieldSet.EMPTY,
          Instant.parse("2026-01-01T00:00:00Z"));

  private static final String POD =
      """
      {"apiVersion":"v1","kind":"Pod",
       "metadata":{"name":"web-5d4f8c7b9-x2x4z","namespace":"default","uid":"4f3c9e1a-0000-4000-8000-000000000001",
        "creationTimestamp":"2026-01-01T00:00:00Z",
        "labels":{"app":"web","tier":"front","pod-template-hash":"5d4f8c7b9"},
        "annotations":{"example.com/owner":"bench"}},
       "spec":{"containers":[
         {"name":"app","image":"registry.example.com/app:1.2.3","command":["/app","--serve"],
          "env":[{"name":"MODE","value":"production"},{"name":"POD","valueFrom":{"fieldRef":{"fieldPath":"metadata.name"}}}],
          "ports":[{"name":"http","containerPort":8080}],
          "resources":{"requests":{"cpu":"100m","memory":"64Mi"},"limits":{"memory":"128Mi"}},
          "readinessProbe":{"httpGet":{"path":"/ready","port":8080}},
          "volumeMounts":[{"name":"data","mountPath":"/data"}]}],
        "volumes":[{"name":"data","emptyDir":{}}]}}
      """;

  private Samples() {}

  static byte[] sent() {
    return POD.getBytes(StandardCharsets.UTF_8);
  }

  /** As it is stored: with defaults and field owners. */
  static Pod stored() {
    return FieldManager.update(
        null, Defaults.apply(JsonCodec.decode(sent(), Pod.TYPE)), WRITE);
  }
}
