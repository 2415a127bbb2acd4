package dev.tiphys.deploy;

/** The objects with which training and measuring keep a cluster busy, as JSON. */
final class Workloads {
  private Workloads() {}

  static String deployment(String name, String image, int replicas) {
    return """
    {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"%1$s","labels":{"app":"%1$s"}},
     "spec":{"replicas":%3$d,"selector":{"matchLabels":{"app":"%1$s"}},
      "template":{"metadata":{"labels":{"app":"%1$s"}},
       "spec":{"terminationGracePeriodSeconds":1,"containers":[{"name":"echo","image":"%2$s",
         "readinessProbe":{"httpGet":{"path":"/","port":8080},"periodSeconds":1}}]}}}}
    """
        .formatted(name, image, replicas);
  }

  static String pod(String name, String image) {
    return """
    {"apiVersion":"v1","kind":"Pod","metadata":{"name":"%s"},
     "spec":{"terminationGracePeriodSeconds":1,"containers":[{"name":"echo","image":"%s"}]}}
    """
        .formatted(name, image);
  }

  static String service(String name) {
    return """
    {"apiVersion":"v1","kind":"Service","metadata":{"name":"%1$s"},
     "spec":{"type":"NodePort","selector":{"app":"%1$s"},"ports":[{"port":80,"targetPort":8080}]}}
    """
        .formatted(name);
  }
}
