package dev.tiphys.store.grpc;

import static io.netty.handler.codec.http2.Http2Error.FLOW_CONTROL_ERROR;

/**
 * What the other side may still send on all streams together. It gets back what it sent at once:
 * each stream has a bound of its own, and one that is slow must not hold up the others. For the
 * connection's event loop.
 */
final class ReceiveWindow {
  private final ControlFrames control;
  private int left = Bounds.CONNECTION_WINDOW_BYTES;

  ReceiveWindow(ControlFrames control) {
    this.control = control;
  }

  /**
   * So much has come.
   *
   * @throws ConnectionError when it was more than was left
   */
  void take(int bytes) throws ConnectionError {
    left -= bytes;
    if (left < 0) {
      throw new ConnectionError(FLOW_CONTROL_ERROR, "more than the window lets through");
    }
    if (left < Bounds.CONNECTION_WINDOW_BYTES / 2) {
      control.windowUpdate(0, Bounds.CONNECTION_WINDOW_BYTES - left);
      left = Bounds.CONNECTION_WINDOW_BYTES;
    }
  }
}
