package dev.tiphys.apiserver.grpc;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls to whichever of several servers answers. One connection carries them all; a server that
 * says it is unavailable, answers too late or goes away is left: the first one for the others in
 * turn, and each of these for the first, which is the nearest and may be back. Calls wait for a
 * connection as long as they have time. Thread-safe.
 *
 * <p>Calls begun by many threads at the same moment leave in one turn of the event loop and, where
 * they fit, in one TLS record.
 */
public final class GrpcChannel implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(GrpcChannel.class);

  private final List<URI> servers;
  private final @Nullable SslContext tls;
  private final EventLoopGroup loops;
  private final EventLoop loop;
  private final Queue<Call> begun = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean awake = new AtomicBoolean();
  private final Owner owner = new Owner();
  private volatile boolean closed;

  // Of the event loop.
  private final Deque<Call> waiting = new ArrayDeque<>();
  private final Deque<Call> resting = new ArrayDeque<>();
  private @Nullable GrpcConnection current;
  private boolean connecting;
  private int next;
  private int lastOther;
  private int failures;
  private Duration pause = Limits.RETRY_FIRST;
  private long lostNanos;
  private boolean lost;

  /**
   * Prepares; connects when it is first used.
   *
   * @param servers as {@code https://host:port}; at least one, the nearest first
   * @param tls with which to speak to those of https
   */
  public GrpcChannel(List<URI> servers, @Nullable SslContext tls) {
    this.servers = List.copyOf(servers);
    this.tls = tls;
    this.loops =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("store-io", true), NioIoHandler.newFactory());
    this.loop = loops.next();
    long every = Limits.SWEEP.toMillis();
    var _ = loop.scheduleWithFixedDelay(this::sweep, every, every, TimeUnit.MILLISECONDS);
  }

  /**
   * Begins a call with one answer; completes on the event loop, with a {@link GrpcException} if it
   * fails.
   *
   * @param path as {@code /package.Service/Method}
   * @param atMost how long it may take; it may end a second later
   * @param repeatable whether it may be asked again although a server may have done it
   */
  public CompletableFuture<byte[]> unary(
      String path, byte[] request, Duration atMost, boolean repeatable) {
    UnaryCall call = new UnaryCall(path, request, System.nanoTime() + atMost.toNanos(), repeatable);
    submit(call);
    return call.answer();
  }

  /**
   * Begins a call with answers without end.
   *
   * @param request the only message that is sent
   * @param atMost how long it may take to be begun
   */
  public GrpcStream stream(String path, byte[] request, Duration atMost) {
    GrpcStream call = new GrpcStream(path, request, System.nanoTime() + atMost.toNanos());
    submit(call);
    return call;
  }

  private void submit(Call call) {
    begun.add(call);
    if (awake.compareAndSet(false, true)) {
      onLoop(this::takeBegun);
    }
  }

  private void onLoop(Runnable task) {
    try {
      loop.execute(task);
    } catch (RejectedExecutionException e) {
      // The loop is gone, and has ended what it knew of. What is begun now would wait for ever.
      awake.set(false);
      endBegun();
    }
  }

  private void takeBegun() {
    awake.set(false);
    Call call;
    while ((call = begun.poll()) != null) {
      waiting.add(call);
    }
    send();
  }

  /** Sends as much as there is a connection for. */
  private void send() {
    if (closed) {
      endAll();
      return;
    }
    while (waiting.size() > Limits.WAITING) {
      waiting
          .removeLast()
          .end(new GrpcException(GrpcException.RESOURCE_EXHAUSTED, "too many calls wait"));
    }
    GrpcConnection connection = current;
    boolean sent = false;
    while (connection != null && !waiting.isEmpty() && connection.hasRoom()) {
      Call call = waiting.remove();
      if (!call.ended()) {
        connection.begin(call);
        sent = true;
      }
    }
    if (connection != null && sent) {
      connection.flushAll();
    }
    if (current == null && !waiting.isEmpty()) {
      connect();
    }
  }

  private void connect() {
    if (connecting || closed) {
      return;
    }
    connecting = true;
    URI server = servers.get(next);
    boolean secure = "https".equals(server.getScheme());
    new Bootstrap()
        .group(loop)
        .channel(NioSocketChannel.class)
        .option(ChannelOption.TCP_NODELAY, true)
        // The same that serves our clients: buffers that one has let go serve the other.
        .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
        .option(ChannelOption.SO_KEEPALIVE, true)
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) Limits.CONNECT.toMillis())
        .handler(
            new ChannelInitializer<SocketChannel>() {
              @Override
              protected void initChannel(SocketChannel channel) {
                SslContext context = tls;
                if (secure && context != null) {
                  SslHandler handler =
                      context.newHandler(channel.alloc(), server.getHost(), server.getPort());
                  handler.setHandshakeTimeoutMillis(Limits.CONNECT.toMillis());
                  channel.pipeline().addLast(handler);
                }
                channel
                    .pipeline()
                    .addLast(
                        new GrpcConnectionBuilder(
                                owner, secure ? "https" : "http", server.getRawAuthority())
                            .build());
              }
            })
        .connect(new InetSocketAddress(server.getHost(), server.getPort()))
        .addListener(done -> {
          if (!done.isSuccess()) {
            failed();
          }
        });
  }

  /** The server at hand cannot be had: the next one, after a while when none of them can. */
  private void failed() {
    next = (next + 1) % servers.size();
    failures++;
    if (failures % servers.size() != 0) {
      connecting = false;
      send();
      return;
    }
    later(
        () -> {
          connecting = false;
          send();
        },
        pause);
    Duration twice = pause.multipliedBy(2);
    pause = twice.compareTo(Limits.RETRY_LAST) > 0 ? Limits.RETRY_LAST : twice;
  }

  /** The server at hand is lost or not well. */
  private void leave() {
    if (next != 0) {
      lastOther = next;
      next = 0;
    } else if (servers.size() > 1) {
      next = 1 + lastOther % (servers.size() - 1);
    }
  }

  private void later(Runnable task, Duration after) {
    if (closed) {
      return;
    }
    var _ = loop.schedule(task, after.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Ends calls that have waited too long for a connection. */
  private void sweep() {
    long now = System.nanoTime();
    Iterator<Call> calls = waiting.iterator();
    while (calls.hasNext()) {
      Call call = calls.next();
      if (call.overdue(now)) {
        calls.remove();
        call.end(
            new GrpcException(GrpcException.DEADLINE_EXCEEDED, "there is no connection to it"));
      }
    }
  }

  private void endAll() {
    waiting.addAll(resting);
    resting.clear();
    waiting.forEach(call -> call.end(channelClosed()));
    waiting.clear();
    endBegun();
  }

  private void endBegun() {
    Call call;
    while ((call = begun.poll()) != null) {
      call.end(channelClosed());
    }
  }

  private static GrpcException channelClosed() {
    return new GrpcException(GrpcException.CANCELLED, "the connection is closed");
  }

  /** Ends all calls and the connection. */
  @Override
  public void close() {
    closed = true;
    onLoop(() -> {
      endAll();
      GrpcConnection connection = current;
      if (connection != null) {
        connection.end();
      }
    });
    loops.shutdownGracefully(0, Limits.CONNECT.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** What the connections tell. */
  private final class Owner implements GrpcConnection.Owner {
    @Override
    public void ready(GrpcConnection connection) {
      if (connecting) {
        connecting = false;
        failures = 0;
        pause = Limits.RETRY_FIRST;
        current = connection;
        if (lost) {
          lost = false;
          log.info(
              "event=store-found server={} without_ms={}",
              servers.get(next),
              Duration.ofNanos(System.nanoTime() - lostNanos).toMillis());
        }
      }
      send();
    }

    @Override
    public void unwell(GrpcConnection connection) {
      if (servers.size() > 1) {
        connection.retire();
      }
    }

    @Override
    public void silent(GrpcConnection connection) {
      if (servers.size() > 1) {
        log.warn(
            "event=store-silent server={} for_ms={}",
            servers.get(next),
            Limits.PROBE.multipliedBy(2).toMillis());
        connection.end();
      }
    }

    @Override
    public void retired(GrpcConnection connection) {
      if (current == connection) {
        current = null;
        lost = !closed;
        lostNanos = System.nanoTime();
        if (lost) {
          log.warn("event=store-lost server={}", servers.get(next));
        }
        leave();
        send();
      } else if (!connection.settledOnce()) {
        failed();
      }
    }

    @Override
    public void again(Call call) {
      call.again();
      if (closed) {
        call.end(channelClosed());
        return;
      }
      // Not at once: a server that has just said no says no again.
      resting.add(call);
      if (resting.size() == 1) {
        later(
            () -> {
              waiting.addAll(resting);
              resting.clear();
              send();
            },
            Limits.RETRY_FIRST);
      }
    }
  }
}
