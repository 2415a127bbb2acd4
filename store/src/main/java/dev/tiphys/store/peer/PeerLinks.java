package dev.tiphys.store.peer;

import dev.tiphys.store.record.Batch;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContext;
import java.io.Closeable;
import java.net.URI;
import java.time.Duration;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Calls to other members, by their peer URL. Any thread. */
public final class PeerLinks implements Closeable {
  /**
   * After so many calls without an answer a connection is given up, for its packets may be lost.
   */
  private static final int UNANSWERED = 3;

  private static final int MAX_MESSAGE = 64 << 20;

  private final @Nullable SslContext tls;
  private final Executor threads;
  private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final Map<String, Link> links = new ConcurrentHashMap<>();

  /** Takes the files for https URLs, if there are any, and what runs answers. */
  public PeerLinks(@Nullable PeerTls tls, Executor threads) {
    this.tls = tls == null ? null : tls.client();
    this.threads = threads;
  }

  /**
   * A call of Raft; blocks.
   *
   * @throws StatusRuntimeException when there is no answer in time
   */
  public RaftAnswer raft(String url, RaftCall call, Duration timeout) {
    var link = link(url);
    try {
      var answer = link.stub(timeout).raft(call);
      link.unanswered.set(0);
      return answer;
    } catch (StatusRuntimeException e) {
      link.failed(e.getStatus());
      throw e;
    }
  }

  /** A call of Raft that does not block. */
  public CompletableFuture<RaftAnswer> raftLater(String url, RaftCall call, Duration timeout) {
    var answer = new Answer<RaftAnswer>(link(url));
    detached(() -> answer.link.later(timeout).raft(call, answer));
    return answer.future;
  }

  /** Asks the leader to order commands. */
  public CompletableFuture<Proposed> propose(String url, Batch batch, Duration timeout) {
    var answer = new Answer<Proposed>(link(url));
    detached(() -> answer.link.later(timeout).propose(batch, answer));
    return answer.future;
  }

  /** Asks the leader about a lease; blocks. */
  public LeaseAnswer lease(String url, LeaseQuestion question, Duration timeout) {
    return link(url).stub(timeout).lease(question);
  }

  /** The whole state of a member, part by part. */
  public Iterator<SnapshotPart> snapshot(String url, Duration timeout) {
    return link(url).stub(timeout).snapshot(SnapshotQuestion.getDefaultInstance());
  }

  /** Asks a member who the caller is; blocks. */
  public Acquaintance introduce(String url, Introduction introduction, Duration timeout) {
    return link(url).stub(timeout).introduce(introduction);
  }

  @Override
  public void close() {
    links.values().forEach(link -> link.channel.shutdownNow());
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  /** Without this, a call would end with that of whichever client happens to have begun it. */
  private static void detached(Runnable call) {
    Context.ROOT.wrap(call).run();
  }

  private Link link(String url) {
    return links.computeIfAbsent(url, Link::new);
  }

  private final class Link {
    private final String url;
    private final AtomicInteger unanswered = new AtomicInteger();
    private volatile ManagedChannel channel;

    Link(String url) {
      this.url = url;
      this.channel = connect();
    }

    PeerGrpc.PeerBlockingStub stub(Duration timeout) {
      return PeerGrpc.newBlockingStub(channel)
          .withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    PeerGrpc.PeerStub later(Duration timeout) {
      return PeerGrpc.newStub(channel).withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    void failed(Status status) {
      if (status.getCode() == Status.Code.UNAVAILABLE) {
        // The callers come again soon enough; waiting longer and longer would only add to that.
        channel.resetConnectBackoff();
      } else if (status.getCode() == Status.Code.DEADLINE_EXCEEDED
          && unanswered.incrementAndGet() >= UNANSWERED) {
        reconnect();
      }
    }

    private synchronized void reconnect() {
      if (unanswered.get() >= UNANSWERED) {
        unanswered.set(0);
        var lost = channel;
        channel = connect();
        lost.shutdownNow();
      }
    }

    private ManagedChannel connect() {
      var target = URI.create(url);
      var builder =
          NettyChannelBuilder.forAddress(target.getHost(), target.getPort())
              .channelType(NioSocketChannel.class)
              .eventLoopGroup(loop)
              .executor(threads)
              .maxInboundMessageSize(MAX_MESSAGE);
      if ("https".equals(target.getScheme()) && tls != null) {
        builder.sslContext(tls);
      } else {
        builder.usePlaintext();
      }
      return builder.build();
    }
  }

  private static final class Answer<T> implements StreamObserver<T> {
    private final Link link;
    private final CompletableFuture<T> future = new CompletableFuture<>();

    Answer(Link link) {
      this.link = link;
    }

    @Override
    public void onNext(T answer) {
      link.unanswered.set(0);
      future.complete(answer);
    }

    @Override
    public void onError(Throwable failure) {
      link.failed(Status.fromThrowable(failure));
      future.completeExceptionally(failure);
    }

    @Override
    public void onCompleted() {}
  }
}
