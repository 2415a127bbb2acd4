package dev.tiphys.scheduler;

/** The bounds of everything in this module that could grow or wait. */
final class Limits {

  /**
   * Placements that may be on their way to the API server at once: enough to hide the round trip,
   * few enough not to crowd out other clients.
   */
  static final int BINDINGS_IN_FLIGHT = 16;

  private Limits() {}
}
