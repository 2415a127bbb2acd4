package dev.tiphys.store.chaos;

import com.google.protobuf.ByteString;
import dev.tiphys.store.rpc.HashKVRequest;
import dev.tiphys.store.rpc.KVGrpc;
import dev.tiphys.store.rpc.MaintenanceGrpc;
import dev.tiphys.store.rpc.RangeRequest;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** One run: start, disturb, stop, judge. */
public final class ChaosRun {
  private static final int CLIENTS = 6;
  private static final int ENOUGH = 60;
  private static final int MOST_TIMES = 6;
  private static final Duration SETTLING = Duration.ofSeconds(60);

  private final Path directory;
  private final Duration duration;
  private final long seed;
  private final PrintStream out;

  /**
   * What came of it.
   *
   * @param answered operations that were answered
   * @param keys histories that were judged
   * @param undecided those that were too long to judge
   * @param faults what is wrong; empty when all is well
   */
  public record Report(long answered, int keys, int undecided, List<String> faults) {}

  /** Takes a directory for three members, and where to tell what is done. */
  public ChaosRun(Path directory, Duration duration, long seed, PrintStream out) {
    this.directory = directory;
    this.duration = duration;
    this.seed = seed;
    this.out = out;
  }

  /** Runs. */
  public Report run() throws IOException, InterruptedException {
    var random = new Random(seed);
    try (var cluster = new Cluster(directory)) {
      awaitAll(cluster);
      var clients = new Clients(cluster);
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int i = 0; i < CLIENTS; i++) {
          var own = new Random(random.nextLong());
          threads.submit(() -> {
            clients.run(own);
            return null;
          });
        }
        disturb(cluster, clients, random);
        clients.stop();
      }
      awaitAll(cluster);
      return judge(cluster, clients);
    }
  }

  private void disturb(Cluster cluster, Clients clients, Random random)
      throws IOException, InterruptedException {
    long begin = System.nanoTime();
    // A slow machine takes longer to see as much.
    while (System.nanoTime() - begin < duration.toNanos()
        || (clients.answered() < ENOUGH
            && System.nanoTime() - begin < duration.toNanos() * MOST_TIMES)) {
      pause(500 + random.nextInt(1500));
      int member = random.nextInt(Cluster.SIZE);
      if (random.nextBoolean()) {
        out.println("kill -9 m" + member);
        cluster.kill(member);
        pause(200 + random.nextInt(2000));
        cluster.start(member);
      } else {
        out.println("stop m" + member);
        cluster.freeze(member);
        pause(200 + random.nextInt(3000));
        cluster.thaw(member);
      }
    }
  }

  private static void pause(long millis) throws InterruptedException {
    TimeUnit.MILLISECONDS.sleep(millis);
  }

  /** Waits until every member answers a linearizable read. */
  private static void awaitAll(Cluster cluster) throws InterruptedException {
    long deadline = System.nanoTime() + SETTLING.toNanos();
    for (int member = 0; member < Cluster.SIZE; ) {
      try {
        KVGrpc.newBlockingStub(cluster.channel(member))
            .withDeadlineAfter(2, TimeUnit.SECONDS)
            .range(RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8("ready")).build());
        member++;
      } catch (StatusRuntimeException e) {
        if (System.nanoTime() - deadline > 0) {
          throw e;
        }
        pause(100);
      }
    }
  }

  private static Report judge(Cluster cluster, Clients clients) {
    var faults = new ArrayList<String>();
    int undecided = 0;
    for (var entry : new TreeMap<>(clients.histories()).entrySet()) {
      switch (Linearizability.of(entry.getValue())) {
        case NOT_LINEARIZABLE -> faults.add("not linearizable: " + entry.getKey());
        case UNDECIDED -> undecided++;
        case LINEARIZABLE -> {}
      }
    }
    var hashes = new HashSet<Integer>();
    long revision = revision(cluster, 0);
    for (int member = 0; member < Cluster.SIZE; member++) {
      revision(cluster, member);
      hashes.add(
          MaintenanceGrpc.newBlockingStub(cluster.channel(member))
              .hashKV(HashKVRequest.newBuilder().setRevision(revision).build())
              .getHash());
    }
    if (hashes.size() != 1) {
      faults.add("members differ at revision " + revision);
    }
    return new Report(clients.answered(), clients.histories().size(), undecided, faults);
  }

  /** The newest revision, which the member has when this returns. */
  private static long revision(Cluster cluster, int member) {
    return KVGrpc.newBlockingStub(cluster.channel(member))
        .range(RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8("ready")).build())
        .getHeader()
        .getRevision();
  }
}
