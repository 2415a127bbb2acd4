package dev.tiphys.kubelet.probe;

/** What one asking came to. */
public sealed interface Answer {

  /** The container is as it should be. */
  record Good() implements Answer {}

  /**
   * It is not.
   *
   * @param why for the event, in the words of whoever answered
   */
  record Bad(String why) implements Answer {}

  /**
   * It could not be asked; this counts neither way.
   *
   * @param why for the log
   */
  record Unasked(String why) implements Answer {}
}
