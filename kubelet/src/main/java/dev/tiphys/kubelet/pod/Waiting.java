package dev.tiphys.kubelet.pod;

/**
 * Why a container does not run yet, as {@code state.waiting} has it.
 *
 * @param reason one word
 * @param message a sentence; may be empty
 */
record Waiting(String reason, String message) {

  static final Waiting CREATING = new Waiting("ContainerCreating", "");
  static final Waiting INITIALIZING = new Waiting("PodInitializing", "");
}
