package dev.tiphys.store.raft;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.tiphys.store.disk.DirectoryDisk;
import dev.tiphys.store.disk.Disk;
import dev.tiphys.store.disk.RevisionLog;
import dev.tiphys.store.disk.StateSwap;
import dev.tiphys.store.mvcc.Machine;
import dev.tiphys.store.peer.PeerLinks;
import dev.tiphys.store.peer.PeerServer;
import dev.tiphys.store.peer.RaftAnswer;
import dev.tiphys.store.peer.RaftCall;
import dev.tiphys.store.rpc.KeyValue;
import dev.tiphys.store.rpc.RangeRequest;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftGroupIdProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.TermIndexProto;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.thirdparty.com.google.protobuf.MessageLite;

/**
 * A member of three, as it runs in earnest, and what the other two would say to it. It never stands
 * for election itself.
 */
final class OneOfThree implements AutoCloseable {
  static final long SELF = 1;
  static final UUID CLUSTER = new UUID(1, 2);
  static final List<Member> MEMBERS =
      List.of(1L, 2L, 3L).stream()
          .map(id -> new Member(id, "m" + id, List.of("http://127.0.0.1:" + id)))
          .toList();

  /** So small that a test sees it cut its Raft log. */
  private static final int SNAPSHOT_ENTRIES = 8;

  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final RevisionLog.Limits LIMITS =
      new RevisionLog.Limits(16 << 10, 1 << 10, 1 << 20, 1000);
  private static final RangeRequest ALL =
      RangeRequest.newBuilder()
          .setKey(ByteString.copyFrom(new byte[1]))
          .setRangeEnd(ByteString.copyFrom(new byte[1]))
          .build();

  private final Path directory;
  private final UUID cluster;
  private final List<String> failures = Collections.synchronizedList(new ArrayList<>());
  private final MultiThreadIoEventLoopGroup loop =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final PeerLinks links = new PeerLinks(null, threads);
  private final Machine machine;
  private final RaftNode raft;
  private final String url;

  /**
   * Starts it.
   *
   * @param cluster its cluster's number; one process has no two members of the same
   * @param synced false as with --unsafe-no-fsync, of the Raft log
   */
  OneOfThree(Path directory, UUID cluster, boolean synced) throws IOException {
    this.directory = directory;
    this.cluster = cluster;
    int port = freePort();
    this.url = "http://127.0.0.1:" + port;
    try {
      var states = new StateSwap(new DirectoryDisk(directory));
      this.machine = new Machine(states.settled(), LIMITS);
      states.confirm();
      var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
      this.raft =
          new RaftNode(
              new RaftSettings(
                  directory,
                  cluster,
                  SELF,
                  MEMBERS,
                  List.of(new PeerServer.Address(address, false)),
                  null,
                  Optional.empty(),
                  Duration.ofMinutes(5),
                  RaftNode.maxEntryBytes(1 << 20),
                  SNAPSHOT_ENTRIES,
                  synced,
                  RaftMetrics.NONE),
              machine,
              threads,
              1,
              PATIENCE,
              loop,
              System::nanoTime,
              Thread::sleep,
              failures::add);
    } catch (IOException | RuntimeException e) {
      end();
      throw e;
    }
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** What made the member want to end. */
  List<String> failures() {
    return List.copyOf(failures);
  }

  Machine machine() {
    return machine;
  }

  /** Whole entries of its Raft log, in order; and what is wrong with it. */
  Map<Long, LogEntryProto> log(List<String> damages) throws IOException {
    var entries = new TreeMap<Long, LogEntryProto>();
    var current = current();
    for (var name : RaftLogWalk.namesIn(current)) {
      var segment = RaftSegment.read(current, name);
      while (segment.next()) {
        entries.put(segment.index(), LogEntryProto.parseFrom(segment.entry()));
      }
      if (!segment.isAtEnd() || (!name.isOpen() && segment.index() != name.last())) {
        damages.add(name.file() + " at " + segment.end());
      }
    }
    return entries;
  }

  /** The index with which its oldest segment begins. */
  long firstIndex() throws IOException {
    return RaftLogWalk.namesIn(current()).getFirst().first();
  }

  private Disk current() throws IOException {
    return new DirectoryDisk(directory)
        .within(RaftSettings.DIRECTORY)
        .within(cluster.toString())
        .within(RaftSettings.CURRENT);
  }

  /** What the state has, as key and value. */
  Map<String, String> contents() throws IOException {
    var contents = new TreeMap<String, String>();
    for (KeyValue pair : machine.range(ALL).getKvsList()) {
      contents.put(pair.getKey().toStringUtf8(), pair.getValue().toStringUtf8());
    }
    return contents;
  }

  /** Asks it to vote for another one. */
  RequestVoteReplyProto vote(long term, long candidate, long lastTerm, long lastIndex)
      throws IOException {
    var request =
        RequestVoteRequestProto.newBuilder()
            .setServerRequest(from(candidate))
            .setCandidateTerm(term)
            .setCandidateLastEntry(termIndex(lastTerm, lastIndex))
            .build();
    var answer = links.raft(url, call(RaftCall.Kind.REQUEST_VOTE, request), PATIENCE);
    return RequestVoteReplyProto.parseFrom(answer.getBody().toByteArray());
  }

  /**
   * Has it append entries, or learn of a commit.
   *
   * @param previous the entry before them; null when they are the first
   */
  CompletableFuture<AppendEntriesReplyProto> append(
      long term, long leader, LogEntryProto previous, List<LogEntryProto> entries, long commit) {
    var request =
        AppendEntriesRequestProto.newBuilder()
            .setServerRequest(from(leader))
            .setLeaderTerm(term)
            .addAllEntries(entries)
            .setLeaderCommit(commit);
    if (previous.getTerm() > 0) {
      request.setPreviousLog(termIndex(previous.getTerm(), previous.getIndex()));
    }
    return links
        .raftLater(url, call(RaftCall.Kind.APPEND_ENTRIES, request.build()), PATIENCE)
        .thenApply(OneOfThree::appended);
  }

  private static AppendEntriesReplyProto appended(RaftAnswer answer) {
    try {
      return AppendEntriesReplyProto.parseFrom(answer.getBody().toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static RaftCall call(RaftCall.Kind kind, MessageLite body) {
    return RaftCall.newBuilder()
        .setKind(kind)
        .setBody(UnsafeByteOperations.unsafeWrap(body.toByteArray()))
        .build();
  }

  private static TermIndexProto termIndex(long term, long index) {
    return TermIndexProto.newBuilder().setTerm(term).setIndex(index).build();
  }

  private RaftRpcRequestProto from(long member) {
    return RaftRpcRequestProto.newBuilder()
        .setRequestorId(Peers.id(member).toByteString())
        .setReplyId(Peers.id(SELF).toByteString())
        .setRaftGroupId(
            RaftGroupIdProto.newBuilder().setId(RaftGroupId.valueOf(cluster).toByteString()))
        .build();
  }

  @Override
  public void close() throws IOException {
    try (machine) {
      raft.close();
    } finally {
      end();
    }
  }

  private void end() {
    links.close();
    threads.shutdownNow();
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }
}
