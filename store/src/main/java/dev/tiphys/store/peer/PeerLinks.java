package dev.tiphys.store.peer;

import dev.tiphys.store.grpc.GrpcChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.handler.ssl.SslContext;
import java.io.Closeable;
import java.time.Duration;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
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

  /** How often calls that wait are looked at: how much later than asked for one is given up. */
  private static final Duration LOOK = Duration.ofMillis(200);

  private final @Nullable SslContext tls;
  private final Executor threads;
  private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final Map<String, Link> links = new ConcurrentHashMap<>();

  /** Takes the files for https URLs, if there are any, and what runs answers. */
  public PeerLinks(@Nullable PeerTls tls, Executor threads) {
    this.tls = tls == null ? null : tls.client();
    this.threads = threads;
  }

  /** The one thread that sends, and that answers of {@link #raftLater} come on. Never block it. */
  public ScheduledExecutorService loop() {
    return loop;
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

  /**
   * A call of Raft that does not block. Calls to one member arrive in the order in which they are
   * made. The answer comes on the {@link #loop}, unless it fails at once; it fails with {@link
   * StatusRuntimeException}.
   */
  public CompletableFuture<RaftAnswer> raftLater(String url, RaftCall call, Duration timeout) {
    var link = link(url);
    return link.converse(call, System.nanoTime() + timeout.toNanos())
        .whenComplete((_, failure) -> {
          if (failure == null) {
            link.unanswered.set(0);
          } else if (call.getKind() == RaftCall.Kind.APPEND_ENTRIES) {
            link.failed(Status.fromThrowable(failure)); // others may have reason to take long
          }
        });
  }

  /** Asks the leader about a lease; blocks. */
  public LeaseAnswer lease(String url, LeaseQuestion question, Duration timeout) {
    return link(url).stub(timeout).lease(question);
  }

  /** Asks the leader who answers it, and how far each has come; blocks. */
  public RollAnswer roll(String url, Duration timeout) {
    return link(url).stub(timeout).roll(RollQuestion.getDefaultInstance());
  }

  /** The whole state of a member, part by part. */
  public Iterator<SnapshotPart> snapshot(String url, Duration timeout) {
    return link(url).stub(timeout).snapshot(SnapshotQuestion.getDefaultInstance());
  }

  /** Asks a member for the checksum of its state; blocks. */
  public SumAnswer sum(String url, SumQuestion question, Duration timeout) {
    return link(url).stub(timeout).sum(question);
  }

  /** Asks a member who the caller is; blocks. */
  public Acquaintance introduce(String url, Introduction introduction, Duration timeout) {
    return link(url).stub(timeout).introduce(introduction);
  }

  @Override
  public void close() {
    links.values().forEach(Link::close);
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  private Link link(String url) {
    return links.computeIfAbsent(url, Link::new);
  }

  private final class Link {
    private final String url;
    private final AtomicInteger unanswered = new AtomicInteger();
    private volatile GrpcChannel channel;
    private @Nullable Conversation conversation;
    private boolean looking;

    Link(String url) {
      this.url = url;
      this.channel = connect();
    }

    PeerGrpc.PeerBlockingStub stub(Duration timeout) {
      return PeerGrpc.newBlockingStub(channel)
          .withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    synchronized CompletableFuture<RaftAnswer> converse(RaftCall call, long deadline) {
      if (conversation == null || conversation.hasEnded()) {
        conversation = begin();
      }
      if (!looking) {
        looking = true;
        look();
      }
      return conversation.call(call, deadline);
    }

    private Conversation begin() {
      var begun = new Conversation();
      begun.begin(PeerGrpc.newStub(channel).converse(begun));
      return begun;
    }

    private void look() {
      loop.schedule(this::giveUpLateCalls, LOOK.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void giveUpLateCalls() {
      Conversation current;
      synchronized (this) {
        current = conversation;
      }
      boolean more = current != null && current.expire(System.nanoTime());
      synchronized (this) {
        looking = more || conversation != current;
        if (looking) {
          look();
        }
      }
    }

    void failed(Status status) {
      if (status.getCode() == Status.Code.DEADLINE_EXCEEDED
          && unanswered.incrementAndGet() >= UNANSWERED) {
        reconnect();
      }
    }

    private void reconnect() {
      GrpcChannel lost;
      synchronized (this) {
        if (unanswered.get() < UNANSWERED) {
          return;
        }
        unanswered.set(0);
        lost = channel;
        channel = connect();
      }
      lost.close(); // which ends the conversation
    }

    void close() {
      channel.close();
    }

    private GrpcChannel connect() {
      var target =
          PeerUrl.parse(url)
              .orElseThrow(() -> new IllegalArgumentException("no peer URL: \"" + url + "\""));
      return new GrpcChannel(
          new GrpcChannel.Target(target.host(), target.port(), target.tls() ? tls : null),
          loop.next(),
          threads,
          MAX_MESSAGE);
    }
  }
}
