package dev.tiphys.kubelet.runtime;

/** Takes what happened, to be shown to the user as an Event on the container. */
@FunctionalInterface
public interface RuntimeEvents {
  /** Whether it is good news. */
  enum Type {
    /** All is well. */
    Normal,
    /** Somebody may have to do something. */
    Warning
  }

  /** Something happened; {@code reason} is one word. */
  void happened(Type type, String reason, String message);
}
