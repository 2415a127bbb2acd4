package dev.tiphys.apiserver.http;

import java.io.IOException;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the handler for each exchange on a thread of its own and sees to the end of the answer. */
final class Handlers {

  private static final Logger log = LoggerFactory.getLogger(Handlers.class);

  private final HttpHandler handler;
  private final Executor executor;

  Handlers(HttpHandler handler, Executor executor) {
    this.handler = handler;
    this.executor = executor;
  }

  /** Starts handling; returns at once. */
  void start(Exchange exchange) {
    executor.execute(() -> run(exchange));
  }

  /** As {@link #start(Exchange)}; then does something more on the handler's thread. */
  void start(Exchange exchange, Runnable onEnd) {
    executor.execute(() -> {
      try {
        run(exchange);
      } finally {
        onEnd.run();
      }
    });
  }

  private void run(Exchange exchange) {
    try {
      try {
        handler.handle(exchange);
        exchange.finish();
      } catch (ClientGoneException e) {
        // Whoever is gone needs no answer; what is half sent is cut off.
        exchange.finishFailed();
      } catch (IOException | RuntimeException e) {
        log.error("handler failed method={} path={}", exchange.method(), exchange.rawPath(), e);
        exchange.finishFailed();
      }
    } catch (IOException e) {
      log.debug("client went away path={}", exchange.rawPath(), e);
    }
  }
}
