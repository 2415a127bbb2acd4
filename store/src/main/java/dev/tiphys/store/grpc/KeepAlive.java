package dev.tiphys.store.grpc;

import static io.netty.handler.codec.http2.Http2Error.ENHANCE_YOUR_CALM;

import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds clients that are gone without a word, and sends away those that ask too often whether we
 * are here. For the connection's event loop.
 */
final class KeepAlive {
  private final Channel channel;
  private final ServerSettings settings;
  private final LongSupplier ticker;
  private final Runnable ping;
  private @Nullable Future<?> look;
  private boolean heard;
  private boolean pinged;
  private boolean answered;
  private int strikes;
  private long lastPing;

  KeepAlive(Channel channel, ServerSettings settings, LongSupplier ticker, Runnable ping) {
    this.channel = channel;
    this.settings = settings;
    this.ticker = ticker;
    this.ping = ping;
    this.lastPing = ticker.getAsLong() - settings.pingMinTime().toNanos();
    if (!settings.pingInterval().isZero()) {
      lookAfter(settings.pingInterval());
    }
  }

  private void lookAfter(Duration pause) {
    look = channel.eventLoop().schedule(this::look, pause.toNanos(), TimeUnit.NANOSECONDS);
  }

  private void look() {
    if (heard) {
      heard = false;
      pinged = false;
      lookAfter(settings.pingInterval());
    } else if (pinged) {
      channel.close();
    } else {
      pinged = true;
      ping.run();
      lookAfter(settings.pingTimeout());
    }
  }

  /** Something has come in. */
  void heard() {
    heard = true;
  }

  /**
   * A piece of an answer goes out: gRPC's clients ping behind it, to find out how far away we are.
   */
  void answered() {
    answered = true;
  }

  /** The client pings. */
  void pinged() throws ConnectionError {
    long now = ticker.getAsLong();
    if (answered || now - lastPing >= settings.pingMinTime().toNanos()) {
      answered = false;
      strikes = 0;
      lastPing = now;
    } else if (++strikes > Bounds.PING_STRIKES) {
      throw new ConnectionError(ENHANCE_YOUR_CALM, "too_many_pings");
    }
  }

  void close() {
    if (look != null) {
      look.cancel(false);
    }
  }
}
