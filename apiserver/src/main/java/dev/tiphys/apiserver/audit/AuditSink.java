package dev.tiphys.apiserver.audit;

import dev.tiphys.api.audit.v1.Event;
import java.util.List;

/** Where events go. Thread-safe. */
interface AuditSink {

  /** As metrics call it: {@code log} or {@code webhook}. */
  String name();

  /**
   * Takes events.
   *
   * @throws SinkException if they are lost
   */
  void take(List<Event> events) throws SinkException;

  /** Ends when all that was taken has gone on. */
  void close();

  /** Events are lost. */
  final class SinkException extends Exception {
    private static final long serialVersionUID = 1L;
    private final String plugin;
    private final int events;

    /**
     * Events are lost.
     *
     * @param plugin that lost them
     * @param events how many
     */
    SinkException(String plugin, int events, String message, Throwable cause) {
      super(message, cause);
      this.plugin = plugin;
      this.events = events;
    }

    SinkException(String plugin, int events, String message) {
      super(message);
      this.plugin = plugin;
      this.events = events;
    }

    String plugin() {
      return plugin;
    }

    int events() {
      return events;
    }
  }
}
