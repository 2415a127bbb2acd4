package dev.tiphys.daemon;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The parts of a daemon, closed in the reverse of the order in which they were added. A part that
 * fails to close does not keep the others open. For one thread; {@link #close} may be called once.
 *
 * <pre>{@code
 * Closers parts = new Closers();
 * Client client = parts.add(Client.connect(config));
 * parts.add(StatusServer.start(...));
 * return parts;
 * }</pre>
 */
public final class Closers implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Closers.class);

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();

  /** Adds a part and hands it back. */
  public <T extends AutoCloseable> T add(T part) {
    parts.push(part);
    return part;
  }

  @Override
  public void close() {
    while (!parts.isEmpty()) {
      AutoCloseable part = parts.pop();
      try {
        part.close();
      } catch (Exception e) {
        log.warn("part did not close in order part={}", part.getClass().getSimpleName(), e);
      }
    }
  }
}
