package dev.tiphys.store.raft;

import com.google.protobuf.UnsafeByteOperations;
import dev.tiphys.store.peer.PeerLinks;
import dev.tiphys.store.peer.RaftCall;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotReplyProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.ReadIndexReplyProto;
import org.apache.ratis.proto.RaftProtos.ReadIndexRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionReplyProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.rpc.RpcFactory;
import org.apache.ratis.rpc.RpcType;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerRpc;
import org.apache.ratis.server.ServerFactory;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.leader.LogAppender;
import org.apache.ratis.server.protocol.RaftServerAsynchronousProtocol;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.MessageLite;

/**
 * Ratis' calls over our links between members: it spares the second network stack that Ratis would
 * bring. Ratis makes it by its class name.
 */
public final class PeerRpc implements RpcType {
  private static final String LINKS = "tiphys.links";
  private static final String TIMES = "tiphys.times";
  private static final String LEADERSHIP = "tiphys.leadership";
  private static final String ADDRESSES = "tiphys.addresses";
  private static final String NAMES = "tiphys.names";
  private static final String METRICS = "tiphys.metrics";

  /**
   * How long and how often.
   *
   * @param timeout the longest that a call may take
   * @param heartbeat when a leader speaks; empty: as Ratis has it
   */
  record Times(Duration timeout, Optional<Heartbeat> heartbeat) {}

  /** What Ratis hands through to {@link #newFactory}. */
  static Parameters parameters(
      PeerLinks links,
      Times times,
      Leadership leadership,
      AddressBook addresses,
      RaftNames names,
      RaftMetrics metrics) {
    var parameters = new Parameters();
    parameters.put(LINKS, links, PeerLinks.class);
    parameters.put(TIMES, times, Times.class);
    parameters.put(LEADERSHIP, leadership, Leadership.class);
    parameters.put(ADDRESSES, addresses, AddressBook.class);
    parameters.put(NAMES, names, RaftNames.class);
    parameters.put(METRICS, metrics, RaftMetrics.class);
    return parameters;
  }

  @Override
  public String name() {
    return PeerRpc.class.getName();
  }

  @Override
  public RpcFactory newFactory(Parameters parameters) {
    return new Factory(
        this,
        parameters.getNonNull(LINKS, PeerLinks.class),
        parameters.getNonNull(TIMES, Times.class),
        parameters.getNonNull(LEADERSHIP, Leadership.class),
        parameters.getNonNull(ADDRESSES, AddressBook.class),
        parameters.getNonNull(NAMES, RaftNames.class),
        parameters.getNonNull(METRICS, RaftMetrics.class));
  }

  private record Factory(
      RpcType type,
      PeerLinks links,
      Times times,
      Leadership leadership,
      AddressBook addresses,
      RaftNames names,
      RaftMetrics metrics)
      implements ServerFactory {
    @Override
    public RaftServerRpc newRaftServerRpc(RaftServer server) {
      return new Calls(type, links, times.timeout(), addresses, names);
    }

    @Override
    public LogAppender newLogAppender(
        RaftServer.Division server, LeaderState state, FollowerInfo follower) {
      return new Appender(
          server, state, follower, leadership, times.heartbeat(), metrics, links.loop());
    }

    @Override
    public RpcType getRpcType() {
      return type;
    }
  }

  private static final class Calls implements RaftServerRpc, RaftServerAsynchronousProtocol {
    private final RpcType type;
    private final PeerLinks links;
    private final Duration timeout;
    private final AddressBook addresses;
    private final RaftNames names;
    private final Map<String, RaftPeer> known = new ConcurrentHashMap<>();

    Calls(RpcType type, PeerLinks links, Duration timeout, AddressBook addresses, RaftNames names) {
      this.type = type;
      this.links = links;
      this.timeout = timeout;
      this.addresses = addresses;
      this.names = names;
    }

    @Override
    public RpcType getRpcType() {
      return type;
    }

    @Override
    public void start() {}

    @Override
    public void close() {}

    @Override
    public InetSocketAddress getInetSocketAddress() {
      return new InetSocketAddress(0);
    }

    @Override
    public void handleException(RaftPeerId peer, Exception e, boolean reconnect) {}

    @Override
    public void addRaftPeers(Collection<RaftPeer> peers) {
      peers.forEach(peer -> {
        if (peer.getAddress() != null) {
          known.put(peer.getId().toString(), peer);
        }
      });
    }

    @Override
    public RaftServerAsynchronousProtocol async() {
      return this;
    }

    @Override
    public RequestVoteReplyProto requestVote(RequestVoteRequestProto request) throws IOException {
      if (!request.getPreVote()) {
        names.sync(); // who stands has voted for itself
      }
      return RequestVoteReplyProto.parseFrom(
          call(RaftCall.Kind.REQUEST_VOTE, request.getServerRequest().getReplyId(), request));
    }

    @Override
    public AppendEntriesReplyProto appendEntries(AppendEntriesRequestProto request)
        throws IOException {
      return AppendEntriesReplyProto.parseFrom(
          call(RaftCall.Kind.APPEND_ENTRIES, request.getServerRequest().getReplyId(), request));
    }

    @Override
    public InstallSnapshotReplyProto installSnapshot(InstallSnapshotRequestProto request)
        throws IOException {
      return InstallSnapshotReplyProto.parseFrom(
          call(RaftCall.Kind.INSTALL_SNAPSHOT, request.getServerRequest().getReplyId(), request));
    }

    @Override
    public StartLeaderElectionReplyProto startLeaderElection(
        StartLeaderElectionRequestProto request) throws IOException {
      return StartLeaderElectionReplyProto.parseFrom(
          call(RaftCall.Kind.START_ELECTION, request.getServerRequest().getReplyId(), request));
    }

    @Override
    public CompletableFuture<AppendEntriesReplyProto> appendEntriesAsync(
        AppendEntriesRequestProto request) throws IOException {
      return later(
          RaftCall.Kind.APPEND_ENTRIES,
          request.getServerRequest().getReplyId(),
          request,
          AppendEntriesReplyProto::parseFrom);
    }

    @Override
    public CompletableFuture<ReadIndexReplyProto> readIndexAsync(ReadIndexRequestProto request)
        throws IOException {
      return later(
          RaftCall.Kind.READ_INDEX,
          request.getServerRequest().getReplyId(),
          request,
          ReadIndexReplyProto::parseFrom);
    }

    @FunctionalInterface
    private interface Parser<T> {
      T parse(byte[] bytes) throws IOException;
    }

    private <T> CompletableFuture<T> later(
        RaftCall.Kind kind, ByteString to, MessageLite body, Parser<T> parser) throws IOException {
      return links
          .raftLater(url(to), message(kind, body), timeout)
          .thenApply(answer -> {
            try {
              return parser.parse(answer.getBody().toByteArray());
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    }

    private byte[] call(RaftCall.Kind kind, ByteString to, MessageLite body) throws IOException {
      try {
        return links.raft(url(to), message(kind, body), timeout).getBody().toByteArray();
      } catch (StatusRuntimeException e) {
        throw new IOException(e.getStatus().toString(), e);
      }
    }

    private static RaftCall message(RaftCall.Kind kind, MessageLite body) {
      return RaftCall.newBuilder()
          .setKind(kind)
          .setBody(UnsafeByteOperations.unsafeWrap(body.toByteArray()))
          .build();
    }

    private String url(ByteString peer) throws IOException {
      var member = known.get(peer.toStringUtf8());
      if (member == null) {
        throw new IOException("no address is known of member " + peer.toStringUtf8());
      }
      return addresses.url(member);
    }
  }
}
