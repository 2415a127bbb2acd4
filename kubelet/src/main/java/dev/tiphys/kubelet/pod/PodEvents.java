package dev.tiphys.kubelet.pod;

import dev.tiphys.api.core.v1.Container;
import dev.tiphys.api.core.v1.ObjectReference;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.client.event.EventRecorder;
import dev.tiphys.kubelet.runtime.RuntimeEvents;

/** Events about pods and their containers, with upstream's reasons. Thread-safe. */
final class PodEvents {

  private final EventRecorder recorder;

  PodEvents(EventRecorder recorder) {
    this.recorder = recorder;
  }

  void normal(Pod pod, String reason, String message) {
    recorder.event(pod, EventRecorder.Type.NORMAL, reason, message);
  }

  void warning(Pod pod, String reason, String message) {
    recorder.event(pod, EventRecorder.Type.WARNING, reason, message);
  }

  void normal(Pod pod, Container container, String reason, String message) {
    recorder.event(part(pod, container), EventRecorder.Type.NORMAL, reason, message);
  }

  void warning(Pod pod, Container container, String reason, String message) {
    recorder.event(part(pod, container), EventRecorder.Type.WARNING, reason, message);
  }

  /** Passes on what the runtime says about a container. */
  RuntimeEvents about(Pod pod, Container container) {
    return (type, reason, message) -> {
      switch (type) {
        case Normal -> normal(pod, container, reason, message);
        case Warning -> warning(pod, container, reason, message);
      }
    };
  }

  private static ObjectReference part(Pod pod, Container container) {
    boolean init =
        pod.spec() != null
            && pod.spec().initContainers().stream()
                .anyMatch(c -> String.valueOf(c.name()).equals(container.name()));
    return EventRecorder.reference(pod).toBuilder()
        .fieldPath((init ? "spec.initContainers{" : "spec.containers{") + container.name() + "}")
        .build();
  }
}
