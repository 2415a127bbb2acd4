package dev.tiphys.store.peer;

import com.google.protobuf.UnsafeByteOperations;
import dev.tiphys.daemon.ConfigException;
import dev.tiphys.store.grpc.GrpcServer;
import dev.tiphys.store.grpc.Listeners;
import dev.tiphys.store.grpc.Methods;
import dev.tiphys.store.grpc.ServerSettings;
import io.grpc.Attributes;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Serves the peer URLs. */
public final class PeerServer implements Closeable {
  private static final int MAX_MESSAGE = 64 << 20;

  /** How long a member that fetches the state may take nothing of it. */
  private static final Duration SNAPSHOT_PATIENCE = Duration.ofSeconds(30);

  private static final ServerSettings SETTINGS =
      new ServerSettings(
          Integer.MAX_VALUE,
          MAX_MESSAGE,
          Duration.ofSeconds(1),
          Duration.ZERO,
          Duration.ofSeconds(20));

  private final Listeners listeners;
  private final GrpcServer grpc;

  /** Where to listen; with TLS or without. */
  public record Address(InetSocketAddress address, boolean tls) {}

  /**
   * Starts serving.
   *
   * @param loop moves bytes; not ended with this server
   * @param ticker nanoseconds of a steady clock
   * @throws ConfigException when an address cannot be bound, or asks for TLS and there are no files
   */
  public PeerServer(
      List<Address> addresses,
      @Nullable PeerTls tls,
      PeerHandler handler,
      EventLoopGroup loop,
      Executor threads,
      LongSupplier ticker) {
    this(addresses, tls, handler, loop, threads, ticker, SNAPSHOT_PATIENCE);
  }

  PeerServer(
      List<Address> addresses,
      @Nullable PeerTls tls,
      PeerHandler handler,
      EventLoopGroup loop,
      Executor threads,
      LongSupplier ticker,
      Duration patience) {
    listeners = new Listeners(loop);
    grpc =
        new GrpcServer(
            new Methods(List.of(new Service(handler, threads, patience).bindService()), _ -> true),
            SETTINGS,
            threads,
            ticker);
    for (var address : addresses) {
      try {
        listeners.add(address.address(), door(address.tls(), tls, threads));
      } catch (IOException e) {
        close();
        throw new ConfigException("--listen-peer-urls: " + e.getMessage(), e);
      }
    }
  }

  private ChannelHandler door(boolean needsTls, @Nullable PeerTls tls, Executor threads) {
    if (needsTls && tls == null) {
      throw ConfigException.flag(
          "--listen-peer-urls",
          "has an https URL, which needs --peer-cert-file and --peer-key-file");
    }
    var context = needsTls && tls != null ? tls.server() : null;
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        if (context != null && channel.remoteAddress() instanceof InetSocketAddress remote) {
          // Names are looked up, and lists of certificates read, where one may wait.
          var address = remote.getAddress().getHostAddress();
          channel
              .pipeline()
              .addLast(context.newHandler(channel.alloc(), address, remote.getPort(), threads));
        }
        channel.pipeline().addLast(grpc.serve(channel, Attributes.EMPTY));
      }
    };
  }

  /** Ends everything at once: who calls must do so again elsewhere. */
  @Override
  public void close() {
    listeners.close();
    try {
      grpc.close(Duration.ZERO);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static final class Service extends PeerGrpc.PeerImplBase {
    private final PeerHandler handler;
    private final Executor threads;
    private final Duration patience;

    Service(PeerHandler handler, Executor threads, Duration patience) {
      this.patience = patience;
      this.threads = threads;
      this.handler = handler;
    }

    @Override
    public void raft(RaftCall call, StreamObserver<RaftAnswer> observer) {
      threads.execute(() -> answer(observer, () -> handler.raft(call)));
    }

    @Override
    public StreamObserver<RaftCall> converse(StreamObserver<RaftAnswer> observer) {
      return new Listening(handler, (ServerCallStreamObserver<RaftAnswer>) observer);
    }

    @Override
    public void lease(LeaseQuestion question, StreamObserver<LeaseAnswer> observer) {
      threads.execute(
          () -> answer(observer, () -> CompletableFuture.completedFuture(handler.lease(question))));
    }

    @Override
    public void roll(RollQuestion question, StreamObserver<RollAnswer> observer) {
      threads.execute(
          () -> answer(observer, () -> CompletableFuture.completedFuture(handler.roll())));
    }

    @Override
    public void introduce(Introduction introduction, StreamObserver<Acquaintance> observer) {
      threads.execute(() ->
          answer(
              observer, () -> CompletableFuture.completedFuture(handler.introduce(introduction))));
    }

    @Override
    public void sum(SumQuestion question, StreamObserver<SumAnswer> observer) {
      var caller = (ServerCallStreamObserver<SumAnswer>) observer;
      caller.setOnCancelHandler(() -> {}); // or an answer that comes too late is an error
      threads.execute(() ->
          answer(
              caller,
              () -> CompletableFuture.completedFuture(handler.sum(question, caller::isCancelled))));
    }

    @Override
    public void snapshot(SnapshotQuestion question, StreamObserver<SnapshotPart> observer) {
      var client = (ServerCallStreamObserver<SnapshotPart>) observer;
      var ready = new Semaphore(0);
      client.setOnReadyHandler(ready::release);
      client.setOnCancelHandler(ready::release);
      threads.execute(() -> {
        try {
          handler.snapshot(bytes -> {
            while (!client.isReady() && !client.isCancelled()) {
              if (!ready.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS)) {
                throw Status.DEADLINE_EXCEEDED
                    .withDescription("nothing was taken for " + patience.toSeconds() + " s")
                    .asRuntimeException();
              }
            }
            if (client.isCancelled()) {
              throw Status.CANCELLED.asRuntimeException();
            }
            client.onNext(
                SnapshotPart.newBuilder().setData(UnsafeByteOperations.unsafeWrap(bytes)).build());
          });
          client.onCompleted();
        } catch (Exception e) {
          if (!client.isCancelled()) {
            client.onError(status(e));
          }
        }
      });
    }

    @FunctionalInterface
    private interface Call<T> {
      CompletableFuture<T> run() throws Exception;
    }

    private static <T> void answer(StreamObserver<T> observer, Call<T> call) {
      try {
        call.run()
            .whenComplete((answer, failure) -> {
              if (failure == null) {
                observer.onNext(answer);
                observer.onCompleted();
              } else {
                observer.onError(status(failure));
              }
            });
      } catch (Exception e) {
        observer.onError(status(e));
      }
    }

    private static Exception status(Throwable failure) {
      return Status.UNAVAILABLE.withDescription(Listening.reason(failure)).asRuntimeException();
    }
  }
}
