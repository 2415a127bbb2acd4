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
    boolean returned = false;
    try {
      handler.handle(exchange);
      returned = true;
    } catch (ClientGoneException e) {
      log.debug("client went away path={} how={}", exchange.rawPath(), e.getMessage());
    } catch (IOException | RuntimeException e) {
      log.error("handler failed method={} path={}", exchange.method(), exchange.rawPath(), e);
    } finally {
      // Even when an Error passes through here, no client is left waiting.
      end(exchange, returned);
    }
  }

  private static void end(Exchange exchange, boolean inOrder) {
    try {
      if (inOrder) {
        exchange.finish();
      } else {
        exchange.finishFailed();
      }
    } catch (IOException e) {
      log.debug("client went away path={}", exchange.rawPath(), e);
    }
  }
}
