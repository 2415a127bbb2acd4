package dev.tiphys.deploy.bench;

import java.util.List;

/**
 * What a measurement makes on the server beforehand and deletes afterwards: namespaces, and an
 * account that may do everything, with a token. Pods in here are nobody's to schedule. Names are
 * new each time, for a namespace is gone only when a controller has seen to it.
 */
final class Playground implements AutoCloseable {

  private static final String BINDINGS = "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings";
  private static final int PAGE = 2000;
  private static final int ROUNDS = 20;

  private final Target target;
  private final String writes;
  private final String pods;
  private final String watches;
  private final String token;

  private Playground(Target target, String name) {
    this.target = target;
    this.writes = name;
    this.pods = name + "-pods";
    this.watches = name + "-watch";
    for (String namespace : namespaces()) {
      target.must("POST", "/api/v1/namespaces", named("v1", "Namespace", namespace));
      // A controller makes it as well, where one runs; Pods are refused without it.
      int _ =
          target.ask(
              "POST",
              "/api/v1/namespaces/" + namespace + "/serviceaccounts",
              named("v1", "ServiceAccount", "default"));
    }
    target.must(
        "POST",
        BINDINGS,
        """
        {"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRoleBinding",
         "metadata":{"name":"%1$s"},
         "roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"cluster-admin"},
         "subjects":[{"kind":"ServiceAccount","namespace":"%1$s","name":"default"}]}
        """
            .formatted(name));
    this.token =
        target
            .must(
                "POST",
                "/api/v1/namespaces/" + name + "/serviceaccounts/default/token",
                """
                {"apiVersion":"authentication.k8s.io/v1","kind":"TokenRequest",
                 "spec":{"expirationSeconds":%d}}
                """
                    .formatted(Limits.TOKEN.toSeconds()))
            .get("status")
            .get("token")
            .text();
  }

  /** Makes everything. */
  static Playground open(Target target) {
    return new Playground(
        target, "tiphys-bench-" + Long.toString(System.currentTimeMillis() / 1000, 36));
  }

  private List<String> namespaces() {
    return List.of(writes, pods, watches);
  }

  /** The namespace for objects that are created. */
  String writes() {
    return writes;
  }

  /** The namespace for the Pods that are listed. */
  String pods() {
    return pods;
  }

  /** The namespace for the objects that are watched. */
  String watches() {
    return watches;
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

  @Override
  public void close() {
    int _ = target.ask("DELETE", BINDINGS + "/" + writes, "");
    for (String namespace : namespaces()) {
      empty(collection(namespace, "pods"));
      empty(collection(namespace, "configmaps"));
      int _ = target.ask("DELETE", "/api/v1/namespaces/" + namespace, "");
    }
  }

  /**
   * Deletes page by page: what deletes tens of thousands at once may take too long for a request.
   */
  private void empty(String collection) {
    for (int round = 0; round < ROUNDS; round++) {
      int _ = target.ask("DELETE", collection + "?gracePeriodSeconds=0&limit=" + PAGE, "");
      if (target.must("GET", collection + "?limit=1", "").get("items").items().isEmpty()) {
        return;
      }
    }
  }
}
