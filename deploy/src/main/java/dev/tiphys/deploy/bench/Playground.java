package dev.tiphys.deploy.bench;

import dev.tiphys.deploy.machine.Json;
import java.util.List;

/**
 * What a measurement makes on the server beforehand and deletes afterwards: namespaces, and an
 * account that may do everything, with a token. Pods in here are nobody's to schedule.
 */
final class Playground implements AutoCloseable {

  /** For objects that are created and read. */
  static final String WRITES = "tiphys-bench";

  /** For the Pods that are listed. */
  static final String PODS = "tiphys-bench-pods";

  /** For the objects that are watched. */
  static final String WATCHES = "tiphys-bench-watch";

  private static final List<String> NAMESPACES = List.of(WRITES, PODS, WATCHES);
  private static final String BINDINGS = "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings";
  private static final int PAGE = 2000;

  private final Target target;
  private final String token;

  private Playground(Target target, String token) {
    this.target = target;
    this.token = token;
  }

  /** Makes everything anew. */
  static Playground open(Target target) {
    clear(target);
    for (String namespace : NAMESPACES) {
      target.ask("POST", "/api/v1/namespaces", named("v1", "Namespace", namespace));
      // A controller makes it as well, where one runs; Pods are refused without it.
      target.ask(
          "POST",
          "/api/v1/namespaces/" + namespace + "/serviceaccounts",
          named("v1", "ServiceAccount", "default"));
    }
    target.ask(
        "POST",
        BINDINGS,
        """
        {"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRoleBinding",
         "metadata":{"name":"tiphys-bench"},
         "roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"cluster-admin"},
         "subjects":[{"kind":"ServiceAccount","namespace":"tiphys-bench","name":"default"}]}
        """);
    Json token =
        target.must(
            "POST",
            "/api/v1/namespaces/" + WRITES + "/serviceaccounts/default/token",
            """
            {"apiVersion":"authentication.k8s.io/v1","kind":"TokenRequest",
             "spec":{"expirationSeconds":%d}}
            """
                .formatted(Limits.TOKEN.toSeconds()));
    return new Playground(target, token.get("status").get("token").text());
  }

  private static String named(String apiVersion, String kind, String name) {
    return """
    {"apiVersion":"%s","kind":"%s","metadata":{"name":"%s"}}
    """
        .formatted(apiVersion, kind, name);
  }

  /** With which the load generator asks. */
  String token() {
    return token;
  }

  /** A ConfigMap as POSTs send it. */
  static String configMap() {
    return """
    {"apiVersion":"v1","kind":"ConfigMap","metadata":{"generateName":"bench-","labels":{"app":"bench"}},
     "data":{"key":"value","text":"%s"}}
    """
        .formatted("x".repeat(200));
  }

  /** A Pod as a workload's controller would send it. */
  static String pod() {
    return """
    {"apiVersion":"v1","kind":"Pod",
     "metadata":{"generateName":"bench-","labels":{"app":"bench","tier":"web","pod-template-hash":"5d4f8c7b9"},
      "annotations":{"example.com/owner":"bench"}},
     "spec":{"schedulerName":"nobody","containers":[
       {"name":"app","image":"registry.example.com/app:1.2.3","command":["/app","--serve"],
        "env":[{"name":"MODE","value":"production"},{"name":"POD","valueFrom":{"fieldRef":{"fieldPath":"metadata.name"}}}],
        "ports":[{"name":"http","containerPort":8080}],
        "resources":{"requests":{"cpu":"100m","memory":"64Mi"},"limits":{"memory":"128Mi"}},
        "readinessProbe":{"httpGet":{"path":"/ready","port":8080}},
        "volumeMounts":[{"name":"data","mountPath":"/data"}]}],
      "volumes":[{"name":"data","emptyDir":{}}]}}
    """;
  }

  static String collection(String namespace, String plural) {
    return "/api/v1/namespaces/" + namespace + "/" + plural;
  }

  /** Deletes what was made, also by a measurement that was broken off. */
  private static void clear(Target target) {
    target.ask("DELETE", BINDINGS + "/tiphys-bench", "");
    for (String namespace : NAMESPACES) {
      for (String plural : List.of("pods", "configmaps")) {
        String path = collection(namespace, plural) + "?gracePeriodSeconds=0&limit=" + PAGE;
        // Each round deletes a page; a server that deletes all at once is done in one.
        for (int round = 0; round < 20 && target.ask("DELETE", path, "") < 300; round++) {
          boolean empty =
              target
                  .must("GET", collection(namespace, plural) + "?limit=1", "")
                  .get("items")
                  .items()
                  .isEmpty();
          if (empty) {
            break;
          }
        }
      }
    }
  }

  @Override
  public void close() {
    clear(target);
    for (String namespace : NAMESPACES) {
      target.ask("DELETE", "/api/v1/namespaces/" + namespace, "");
    }
  }
}
