package dev.tiphys.apiserver.http;

/** A response body under way, as a {@link Broadcast} sees it. Immutable; thread-safe. */
public final class Outlet {

  private final Wire wire;
  private final OutboundWindow window;
  private final boolean discard;

  /**
   * The way into a response.
   *
   * @param discard whether the body is not to be sent, as in answers to HEAD
   */
  Outlet(Wire wire, OutboundWindow window, boolean discard) {
    this.wire = wire;
    this.window = window;
    this.discard = discard;
  }

  Wire wire() {
    return wire;
  }

  OutboundWindow window() {
    return window;
  }

  boolean discards() {
    return discard;
  }
}
