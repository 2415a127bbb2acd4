package dev.tiphys.store;

import static org.awaitility.Awaitility.await;

import dev.tiphys.store.rpc.ClusterGrpc;
import dev.tiphys.store.rpc.MaintenanceGrpc;
import dev.tiphys.store.rpc.MemberAddRequest;
import dev.tiphys.store.rpc.MemberListRequest;
import dev.tiphys.store.rpc.MemberPromoteRequest;
import dev.tiphys.store.rpc.MemberRemoveRequest;
import dev.tiphys.store.rpc.MoveLeaderRequest;
import dev.tiphys.store.rpc.StatusRequest;
import dev.tiphys.store.rpc.StatusResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Members in this process, each with a directory below one: {@code m0}, {@code m1}, … */
final class TestCluster implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Path directory;
  private final List<TestStore> stores = new ArrayList<>();

  TestCluster(Path directory) {
    this.directory = directory;
  }

  /** Three members of a new cluster. */
  List<TestStore> three() throws Exception {
    return three(new int[] {FreePort.pick(), FreePort.pick(), FreePort.pick()});
  }

  /** As the other one, at given ports. */
  List<TestStore> three(int[] peers, String... more) throws Exception {
    var flag = flag(peers);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var starting = new ArrayList<Future<TestStore>>();
      for (int i = 0; i < 3; i++) {
        int number = i;
        starting.add(threads.submit(() -> open(number, flag, peers[number], more)));
      }
      for (var store : starting) {
        stores.add(store.get());
      }
    }
    return List.copyOf(stores);
  }

  /** {@code --initial-cluster} of m0, m1, … at these ports. */
  static String flag(int... peers) {
    return IntStream.range(0, peers.length)
        .mapToObj(i -> "m" + i + "=" + url(peers[i]))
        .collect(Collectors.joining(",", "--initial-cluster=", ""));
  }

  /** Starts a member. */
  TestStore start(int number, String cluster, int peer, String... more) throws IOException {
    var store = open(number, cluster, peer, more);
    stores.add(store);
    return store;
  }

  /** Stops one. */
  void stop(TestStore store) throws InterruptedException {
    store.close();
    stores.remove(store);
  }

  /** Stops all, so that they can be started again. */
  void stopAll() throws InterruptedException {
    close();
    stores.clear();
  }

  private TestStore open(int number, String cluster, int peer, String... more) throws IOException {
    var flags = new ArrayList<>(List.of(more));
    flags.addAll(
        List.of(
            cluster,
            "--name=m" + number,
            "--listen-peer-urls=" + url(peer),
            "--snapshot-count=20",
            "--heartbeat-interval=50",
            "--election-timeout=500"));
    return TestStore.member(directory.resolve("m" + number), flags.toArray(String[]::new));
  }

  static String url(int port) {
    return "http://127.0.0.1:" + port;
  }

  /** The one that leads; waits until there is one. */
  static TestStore leader(List<TestStore> stores) {
    return await()
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(
            () ->
                stores.stream()
                    .filter(s -> status(s).getLeader() == status(s).getHeader().getMemberId())
                    .findFirst()
                    .orElse(null),
            found -> found != null);
  }

  /** Adds a member, that begins with a vote; returns its number. */
  static long add(TestStore store, String url) {
    return add(store, MemberAddRequest.newBuilder().addPeerURLs(url).build());
  }

  /** Adds a member; returns its number. */
  static long add(TestStore store, MemberAddRequest request) {
    var members = ClusterGrpc.newBlockingStub(store.channel());
    Patiently.change(() -> members.memberAdd(request), "etcdserver: Peer URLs already exists");
    return Patiently.ask(() -> members.memberList(MemberListRequest.getDefaultInstance()))
        .getMembersList()
        .stream()
        .filter(member -> member.getPeerURLsList().equals(request.getPeerURLsList()))
        .findAny()
        .orElseThrow()
        .getID();
  }

  /** Makes a learner one that votes, once it is in sync. */
  static void promote(TestStore store, long id) {
    var request = MemberPromoteRequest.newBuilder().setID(id).build();
    Patiently.change(
        () -> ClusterGrpc.newBlockingStub(store.channel()).memberPromote(request),
        "etcdserver: can only promote a learner member",
        "etcdserver: can only promote a learner member which is in sync with leader");
  }

  /** Removes a member. */
  static void remove(TestStore store, long id) {
    var request = MemberRemoveRequest.newBuilder().setID(id).build();
    Patiently.change(
        () -> ClusterGrpc.newBlockingStub(store.channel()).memberRemove(request),
        "etcdserver: member not found");
  }

  /** Has another one lead, and returns it. */
  static TestStore moveLead(List<TestStore> stores) {
    var moved = Patiently.ask(() -> moveLeadOnce(stores), "etcdserver: not leader");
    await().atMost(PATIENCE).until(() -> leader(stores) == moved);
    return moved;
  }

  private static TestStore moveLeadOnce(List<TestStore> stores) {
    var leader = leader(stores);
    var next = stores.get((stores.indexOf(leader) + 1) % stores.size());
    long target = status(next).getHeader().getMemberId();
    MaintenanceGrpc.newBlockingStub(leader.channel())
        .moveLeader(MoveLeaderRequest.newBuilder().setTargetID(target).build());
    return next;
  }

  static StatusResponse status(TestStore store) {
    return MaintenanceGrpc.newBlockingStub(store.channel())
        .status(StatusRequest.getDefaultInstance());
  }

  @Override
  public void close() throws InterruptedException {
    for (var store : stores) {
      store.close();
    }
  }
}
