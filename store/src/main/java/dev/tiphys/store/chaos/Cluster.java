package dev.tiphys.store.chaos;

import dev.tiphys.store.Main;
import dev.tiphys.store.rpc.ClusterGrpc;
import dev.tiphys.store.rpc.LeaseGrantRequest;
import dev.tiphys.store.rpc.LeaseGrpc;
import dev.tiphys.store.rpc.LeaseTimeToLiveRequest;
import dev.tiphys.store.rpc.MaintenanceGrpc;
import dev.tiphys.store.rpc.MemberAddRequest;
import dev.tiphys.store.rpc.MemberListRequest;
import dev.tiphys.store.rpc.MemberRemoveRequest;
import dev.tiphys.store.rpc.StatusRequest;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Three members as processes of their own, on free ports. */
final class Cluster implements AutoCloseable {
  static final int SIZE = 3;

  private static final long CALL_SECONDS = 10;
  private static final long REPLACE_SECONDS = 90;
  private static final long RETRY_MILLIS = 300;

  private static final int SLOW_MILLIS = 200;
  private static final long LEASE_SECONDS = 3600;
  private static final Duration JUMP = Duration.ofDays(30);

  private final Path directory;
  private final Network network;
  private final @Nullable Path clockLibrary;
  private final int[] clients = new int[SIZE];
  private final int[] peers = new int[SIZE];
  private final boolean[] joined = new boolean[SIZE];
  private final Process[] processes = new Process[SIZE];
  private final List<ManagedChannel> channels = new ArrayList<>();

  private @Nullable Process brake;
  private int jumps;
  private long lease;

  /** Starts all members below a directory. */
  Cluster(Path directory, Network network) throws IOException, InterruptedException {
    this(directory, network, false);
  }

  /**
   * As the other constructor.
   *
   * @param clocks whether each has a time of day of its own
   */
  Cluster(Path directory, Network network, boolean clocks)
      throws IOException, InterruptedException {
    this.directory = directory;
    this.network = network;
    this.clockLibrary = clocks ? Tools.clockLibrary(directory) : null;
    for (int i = 0; i < SIZE; i++) {
      clients[i] = freePort();
      peers[i] = freePort();
      channels.add(
          NettyChannelBuilder.forAddress(network.host(i), clients[i])
              .usePlaintext()
              .maxInboundMessageSize(Integer.MAX_VALUE)
              .build());
    }
    for (int i = 0; i < SIZE; i++) {
      start(i);
    }
  }

  ManagedChannel channel(int member) {
    return channels.get(member);
  }

  Network network() {
    return network;
  }

  /** Starts a member anew after {@link #kill}. */
  void start(int member) throws IOException {
    var all =
        IntStream.range(0, SIZE)
            .mapToObj(i -> "m" + i + "=" + peerUrl(i))
            .collect(Collectors.joining(","));
    var client = "http://" + network.host(member) + ":" + clients[member];
    var command = new ArrayList<>(network.at(member));
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx96m",
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName(),
            "--name=m" + member,
            "--data-dir=" + data(member),
            "--listen-client-urls=" + client,
            "--listen-peer-urls=" + peerUrl(member),
            "--initial-advertise-peer-urls=" + peerUrl(member),
            "--initial-cluster=" + all,
            "--initial-cluster-state=" + (joined[member] ? "existing" : "new"),
            "--disk-reserve-bytes=1048576",
            "--snapshot-count=200"));
    var process = new ProcessBuilder(command);
    if (clockLibrary != null) {
      Tools.setClock(clock(member), Duration.ZERO);
      process.environment().putAll(Tools.clock(clockLibrary, clock(member)));
    }
    processes[member] =
        process
            .redirectErrorStream(true)
            .redirectOutput(
                ProcessBuilder.Redirect.appendTo(directory.resolve("m" + member + ".log").toFile()))
            .start();
  }

  /**
   * Removes a member that was killed, with all that it had, and adds a new one in its place.
   *
   * @throws StatusRuntimeException when the others do not agree to it in time
   */
  void replace(int member) throws IOException, InterruptedException {
    try (var files = Files.walk(data(member))) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(REPLACE_SECONDS);
    long old = 0;
    for (int tries = 1; ; tries++) {
      int other = (member + 1 + tries % 2) % SIZE;
      try {
        // What was not answered may have happened all the same: look each time.
        long id = idOf(member, other);
        old = old == 0 ? id : old;
        if (id == 0) {
          ask(other).memberAdd(MemberAddRequest.newBuilder().addPeerURLs(peerUrl(member)).build());
        } else if (id == old) {
          ask(other).memberRemove(MemberRemoveRequest.newBuilder().setID(old).build());
        } else {
          break;
        }
      } catch (StatusRuntimeException e) {
        if (System.nanoTime() - deadline > 0) {
          throw e;
        }
        TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
      }
    }
    joined[member] = true;
    start(member);
    awaitVote(member);
  }

  /** Until then the loss of another one would be the loss of the majority. */
  private void awaitVote(int member) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(REPLACE_SECONDS);
    while (!hasVote(member)) {
      if (System.nanoTime() - deadline > 0) {
        throw new IllegalStateException("m" + member + " was replaced and gets no vote");
      }
      TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
    }
  }

  private boolean hasVote(int member) {
    try {
      idOf(member, member); // answered by who follows a leader
      return !MaintenanceGrpc.newBlockingStub(channel(member))
          .withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS)
          .status(StatusRequest.getDefaultInstance())
          .getIsLearner();
    } catch (StatusRuntimeException e) {
      return false; // it has only begun
    }
  }

  /** kill -9. */
  void kill(int member) throws InterruptedException {
    processes[member].destroyForcibly().waitFor();
  }

  /** SIGSTOP, as if the machine had gone to sleep. */
  void freeze(int member) throws IOException, InterruptedException {
    signal("-STOP", member);
  }

  /** SIGCONT. */
  void thaw(int member) throws IOException, InterruptedException {
    signal("-CONT", member);
  }

  /** Makes every sync of a member's disk take longer. */
  void slow(int member) throws IOException, InterruptedException {
    brake = Tools.slowSyncs(processes[member].pid(), SLOW_MILLIS);
  }

  /** Lets all disks be as quick as they are. */
  void hasten() throws InterruptedException {
    if (brake != null) {
      Tools.release(brake);
      brake = null;
    }
  }

  /** Sets a member's time of day ahead by a month, or back, in turns. */
  void jump(int member) throws IOException, InterruptedException {
    var grant = LeaseGrantRequest.newBuilder().setTTL(LEASE_SECONDS).build();
    lease = anywhere(leases -> leases.leaseGrant(grant).getID());
    Tools.setClock(clock(member), jumps++ % 2 == 0 ? JUMP : JUMP.negated());
  }

  /** Sets it right again, and looks whether a lease has ended of it. */
  void jumpBack(int member) throws IOException, InterruptedException {
    Tools.setClock(clock(member), Duration.ZERO);
    var ask = LeaseTimeToLiveRequest.newBuilder().setID(lease).build();
    if (anywhere(leases -> leases.leaseTimeToLive(ask).getTTL()) < 0) {
      throw new IllegalStateException(
          "a lease ended early when the clock of m" + member + " jumped");
    }
  }

  private Path clock(int member) {
    return directory.resolve("m" + member + ".clock").toAbsolutePath();
  }

  /** Asks one member after the other until one answers. */
  private <T> T anywhere(Function<LeaseGrpc.LeaseBlockingStub, T> question)
      throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(REPLACE_SECONDS);
    for (int tries = 0; ; tries++) {
      try {
        return question.apply(
            LeaseGrpc.newBlockingStub(channel(tries % SIZE))
                .withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS));
      } catch (StatusRuntimeException e) {
        if (System.nanoTime() - deadline > 0) {
          throw e;
        }
        TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
      }
    }
  }

  @Override
  public void close() throws IOException, InterruptedException {
    hasten();
    for (var channel : channels) {
      channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    }
    for (var process : processes) {
      if (process != null) {
        process.destroyForcibly().waitFor();
      }
    }
    network.close();
  }

  private Path data(int member) {
    return directory.resolve("m" + member);
  }

  private String peerUrl(int member) {
    return "http://" + network.host(member) + ":" + peers[member];
  }

  private ClusterGrpc.ClusterBlockingStub ask(int member) {
    return ClusterGrpc.newBlockingStub(channel(member))
        .withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS);
  }

  private long idOf(int member, int at) {
    return ask(at)
        .memberList(MemberListRequest.newBuilder().setLinearizable(true).build())
        .getMembersList()
        .stream()
        .filter(m -> m.getPeerURLsList().contains(peerUrl(member)))
        .mapToLong(dev.tiphys.store.rpc.Member::getID)
        .findFirst()
        .orElse(0);
  }

  private void signal(String name, int member) throws IOException, InterruptedException {
    new ProcessBuilder("kill", name, String.valueOf(processes[member].pid())).start().waitFor();
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
