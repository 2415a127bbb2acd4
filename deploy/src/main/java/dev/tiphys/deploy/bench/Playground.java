package dev.tiphys.deploy.bench;

import java.util.List;
import java.util.random.RandomGenerator;

/**
 * What a measurement makes on the server beforehand and deletes afterwards: namespaces, and an
 * account with a token that may make and read Pods and ConfigMaps in them and nothing else, for the
 * load generator does not look whom it gives the token to. Pods in here are nobody's to schedule.
 * Names are new each time, for a namespace is gone only when a controller has seen to it.
 */
final class Playground implements AutoCloseable {

  private static final String RBAC = "/apis/rbac.authorization.k8s.io/v1/namespaces/";
  private static final int PAGE = 2000;
  private static final int ROUNDS = 60;

  /** From here on numbers have six digits of base 36. */
  private static final int NAMES = 60_466_176;

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
      admit(namespace);
    }
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

  /**
   * Makes everything.
   *
   * @param names where the part of the names that is new each time comes from
   */
  static Playground open(Target target, RandomGenerator names) {
    return new Playground(
        target, "tiphys-bench-" + Integer.toString(names.nextInt(NAMES, Integer.MAX_VALUE), 36));
  }

  private void admit(String namespace) {
    target.must(
        "POST",
        RBAC + namespace + "/roles",
        """
        {"apiVersion":"rbac.authorization.k8s.io/v1","kind":"Role","metadata":{"name":"bench"},
         "rules":[{"apiGroups":[""],"resources":["pods","configmaps"],
                   "verbs":["create","get","list","watch"]}]}
        """);
    target.must(
        "POST",
        RBAC + namespace + "/rolebindings",
        """
        {"apiVersion":"rbac.authorization.k8s.io/v1","kind":"RoleBinding","metadata":{"name":"bench"},
         "roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"Role","name":"bench"},
         "subjects":[{"kind":"ServiceAccount","namespace":"%s","name":"default"}]}
        """
            .formatted(writes));
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

  /** Deletes what was created to measure creation. */
  void emptyWrites() {
    empty(writes);
  }

  private void empty(String namespace) {
    emptyCollection(collection(namespace, "pods"));
    emptyCollection(collection(namespace, "configmaps"));
  }

  @Override
  public void close() {
    for (String namespace : namespaces()) {
      empty(namespace);
      int _ = target.ask("DELETE", "/api/v1/namespaces/" + namespace, "");
    }
  }

  /**
   * Deletes page by page: what deletes tens of thousands at once may take too long for a request.
   */
  private void emptyCollection(String collection) {
    for (int round = 0; round < ROUNDS; round++) {
      int _ = target.ask("DELETE", collection + "?gracePeriodSeconds=0&limit=" + PAGE, "");
      if (target.must("GET", collection + "?limit=1", "").get("items").items().isEmpty()) {
        return;
      }
    }
  }
}
