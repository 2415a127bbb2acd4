package dev.tiphys.kubelet.runtime;

/**
 * By what sandboxes and containers are known again after a restart of the kubelet. The keys are
 * Kubernetes' own, so that one kubelet can take over from another.
 */
final class RuntimeLabels {
  static final String POD_NAME = "io.kubernetes.pod.name";
  static final String POD_NAMESPACE = "io.kubernetes.pod.namespace";
  static final String POD_UID = "io.kubernetes.pod.uid";
  static final String CONTAINER_NAME = "io.kubernetes.container.name";

  // Annotations
  static final String HASH = "io.kubernetes.container.hash";
  static final String RESTART_COUNT = "io.kubernetes.container.restartCount";
  static final String TERMINATION_PATH = "io.kubernetes.container.terminationMessagePath";
  static final String TERMINATION_POLICY = "io.kubernetes.container.terminationMessagePolicy";
  static final String GRACE_PERIOD = "io.kubernetes.pod.terminationGracePeriod";

  private RuntimeLabels() {}
}
