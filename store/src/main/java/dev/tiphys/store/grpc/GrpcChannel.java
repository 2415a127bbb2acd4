package dev.tiphys.store.grpc;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContext;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * Calls to one address, on one connection, which is made when a call needs it: for members that
 * call each other. A call whose connection cannot be made, or breaks, fails with {@code
 * UNAVAILABLE}, and the next one tries again; where nothing of the call was sent, for nobody took
 * the connection, the cause is a {@link java.net.ConnectException}. Thread-safe.
 */
public final class GrpcChannel extends Channel implements AutoCloseable {
  private final Target target;
  private final EventLoop loop;
  private final Executor threads;
  private final int maxMessageBytes;

  // Of the event loop.
  private final ArrayDeque<GrpcClientCall<?, ?>> waiting = new ArrayDeque<>();
  private @Nullable ClientConnection connection;
  private boolean dialling;
  private boolean closed;

  /**
   * Where to call.
   *
   * @param host a name or an address, in brackets or without
   * @param tls null: plain
   */
  public record Target(String host, int port, @Nullable SslContext tls) {
    /** Takes the brackets off. */
    public Target {
      if (host.startsWith("[") && host.endsWith("]")) {
        host = host.substring(1, host.length() - 1);
      }
    }

    String authority() {
      return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
  }

  /**
   * Takes what is needed; connects later.
   *
   * @param loop moves the bytes, and calls the listeners of calls without an executor
   * @param threads looks names up
   * @param maxMessageBytes the longest answer that is taken
   */
  public GrpcChannel(Target target, EventLoop loop, Executor threads, int maxMessageBytes) {
    this.target = target;
    this.loop = loop;
    this.threads = threads;
    this.maxMessageBytes = maxMessageBytes;
  }

  @Override
  public <Q, S> ClientCall<Q, S> newCall(MethodDescriptor<Q, S> method, CallOptions options) {
    return new GrpcClientCall<>(this, method, options);
  }

  @Override
  public String authority() {
    return target.authority();
  }

  /** Ends all calls, and begins no more. */
  @Override
  public void close() {
    onLoop(() -> {
      closed = true;
      if (connection != null) {
        connection.end();
      }
      fail("the member stops calling", null);
    });
  }

  EventLoop loop() {
    return loop;
  }

  int maxMessageBytes() {
    return maxMessageBytes;
  }

  ByteBufAllocator allocator() {
    return ByteBufAllocator.DEFAULT;
  }

  /** Runs on the event loop, at once where that is here; false when it has ended. */
  boolean onLoop(Runnable task) {
    if (loop.inEventLoop()) {
      task.run();
      return true;
    }
    try {
      loop.execute(task);
      return true;
    } catch (RejectedExecutionException e) {
      return false; // the end of the member: nobody waits for answers
    }
  }

  /** Begins a call, as soon as there is a connection. For the event loop. */
  void begin(GrpcClientCall<?, ?> call) {
    if (connection != null && connection.isUsable()) {
      connection.begin(call);
      return;
    }
    waiting.add(call);
    if (closed) {
      fail("the member stops calling", null);
    } else if (!dialling) {
      dialling = true;
      lookUp();
    }
  }

  private void lookUp() {
    try {
      threads.execute(() -> {
        if (!onLoop(found())) {
          fail("the member ends", null); // with its loop, which nothing disturbs any more
        }
      });
    } catch (RejectedExecutionException e) {
      fail("the member ends", null);
    }
  }

  private Runnable found() {
    try {
      var found = List.of(InetAddress.getAllByName(target.host()));
      return () -> dial(found.iterator());
    } catch (UnknownHostException e) {
      return () -> fail("the name is not known", e);
    }
  }

  private void dial(Iterator<InetAddress> addresses) {
    new Bootstrap()
        .group(loop)
        .channel(NioSocketChannel.class)
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) Bounds.CONNECT.toMillis())
        .option(ChannelOption.SO_KEEPALIVE, true)
        .handler(new ChannelInboundHandlerAdapter())
        .connect(new InetSocketAddress(addresses.next(), target.port()))
        .addListener((ChannelFuture dialled) -> {
          if (dialled.isSuccess()) {
            connected(dialled.channel());
          } else if (addresses.hasNext() && !closed) {
            dial(addresses);
          } else {
            fail(String.valueOf(dialled.cause().getMessage()), dialled.cause());
          }
        });
  }

  private void connected(io.netty.channel.Channel channel) {
    dialling = false;
    if (closed) {
      channel.close();
      return;
    }
    var tls = target.tls();
    if (tls != null) {
      var handler = tls.newHandler(channel.alloc(), target.host(), target.port());
      SSLParameters parameters = handler.engine().getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      handler.engine().setSSLParameters(parameters);
      channel.pipeline().addLast(handler);
    }
    var made = new ClientConnection(channel, new RequestFields(authority(), tls != null));
    channel.pipeline().addLast(made);
    connection = made;
    for (var call = waiting.poll(); call != null; call = waiting.poll()) {
      if (!call.isOver()) {
        made.begin(call);
      }
    }
  }

  private void fail(String reason, @Nullable Throwable cause) {
    dialling = false;
    var status = Status.UNAVAILABLE.withDescription(authority() + ": " + reason).withCause(cause);
    var lost = new ArrayList<>(waiting);
    waiting.clear();
    lost.forEach(call -> call.lost(status));
  }
}
