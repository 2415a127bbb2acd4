package dev.tiphys.store;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** Ports for processes that must be told theirs. */
public final class FreePort {
  /**
   * Below what Linux gives to those who connect: one of them could take the port before the process
   * that it was picked for.
   */
  private static final int FIRST = 12_000;

  private static final int LAST = 32_767;

  private static final int TRIES = 100;

  private FreePort() {}

  /** A port of the loopback address that nobody listens at. */
  public static int pick() throws IOException {
    BindException taken = null;
    for (int i = 0; i < TRIES; i++) {
      int port = ThreadLocalRandom.current().nextInt(FIRST, LAST + 1);
      try (var socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (BindException e) {
        taken = e;
      }
    }
    throw new IOException("no free port from " + FIRST + " to " + LAST, taken);
  }
}
