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
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * One run: start, disturb, stop, judge. A disturbance lasts until clients were answered so often,
 * or a random while; the next one comes when they were answered again. So a slow machine takes
 * longer to see as much, and a cluster that makes no progress is a fault.
 */
public final class ChaosRun {
  private static final int CLIENTS = 6;
  private static final int WATCHERS = 3;
  private static final int ENOUGH = 25;
  private static final int LONGEST_PAUSE_MILLIS = 3000;
  private static final long LOOK_MILLIS = 20;
  private static final Duration SETTLING = Duration.ofSeconds(120);

  private final Path directory;
  private final Duration duration;
  private final int rounds;
  private final Set<Disturbance> disturbances;
  private final long seed;
  private final PrintStream out;

  /**
   * What came of it.
   *
   * @param rounds disturbances
   * @param answered operations that were answered
   * @param keys histories that were judged
   * @param undecided those that were too long to judge
   * @param events values that every watcher saw
   * @param compactions how often history was compacted meanwhile
   * @param snapshots that were taken meanwhile, and are whole
   * @param faults what is wrong; empty when all is well
   */
  public record Report(
      int rounds,
      long answered,
      int keys,
      int undecided,
      int events,
      int compactions,
      int snapshots,
      List<String> faults) {}

  /**
   * Takes a directory for three members, and where to tell what is done.
   *
   * @param duration how long to go on at least
   * @param rounds how many disturbances there are at least
   * @param disturbances what is done to members; partitions need namespaces that this process may
   *     use as it likes, see {@link ChaosCommand}
   */
  public ChaosRun(
      Path directory,
      Duration duration,
      int rounds,
      Set<Disturbance> disturbances,
      long seed,
      PrintStream out) {
    this.directory = directory;
    this.duration = duration;
    this.rounds = rounds;
    this.disturbances = Set.copyOf(disturbances);
    this.seed = seed;
    this.out = out;
  }

  /** Runs. */
  public Report run() throws IOException, InterruptedException {
    var random = new Random(seed);
    var faults = new ArrayList<String>();
    var network =
        disturbances.stream().anyMatch(Disturbance::cuts) ? Namespaces.make() : new Loopback();
    try (var cluster = new Cluster(directory, network, disturbances.contains(Disturbance.JUMP))) {
      awaitAll(cluster);
      var clients = new Clients(cluster);
      var watchers = new Watchers(cluster);
      var housework = new Housework(cluster, directory, watchers::slowest);
      int done;
      long revision;
      try (var watching = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int i = 0; i < WATCHERS; i++) {
          var own = new Random(random.nextLong());
          var events = watchers.add();
          watching.submit(() -> {
            watchers.run(events, own);
            return null;
          });
        }
        done = disturb(cluster, clients, housework, random, faults);
        awaitAll(cluster);
        long end = clients.end();
        housework.last();
        revision = revision(cluster, 0);
        watchers.stopAt(end);
      }
      faults.addAll(clients.faults());
      faults.addAll(housework.faults());
      faults.addAll(watchers.faults(housework.compacted()));
      return judge(cluster, clients, watchers, housework, done, revision, faults);
    }
  }

  private int disturb(
      Cluster cluster, Clients clients, Housework housework, Random random, List<String> faults)
      throws IOException, InterruptedException {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < CLIENTS; i++) {
        var own = new Random(random.nextLong());
        threads.submit(() -> {
          clients.run(own);
          return null;
        });
      }
      var compacting = new Random(random.nextLong());
      threads.submit(() -> {
        housework.compact(compacting);
        return null;
      });
      var saving = new Random(random.nextLong());
      threads.submit(() -> {
        housework.save(saving);
        return null;
      });
      try {
        return disturbAllRound(cluster, clients, random, faults);
      } finally {
        clients.stop();
        housework.stop();
      }
    }
  }

  /** Each disturbance comes as often as the others, in an order of its own each time. */
  private int disturbAllRound(Cluster cluster, Clients clients, Random random, List<String> faults)
      throws IOException, InterruptedException {
    var order = new ArrayList<>(new TreeSet<>(disturbances));
    long begin = System.nanoTime();
    int round = 0;
    for (; round < rounds || System.nanoTime() - begin < duration.toNanos(); round++) {
      if (round % order.size() == 0) {
        Collections.shuffle(order, random);
      }
      var disturbance = order.get(round % order.size());
      int member = random.nextInt(Cluster.SIZE);
      out.println(disturbance.name().toLowerCase(Locale.ROOT) + " m" + member);
      disturbance.begin(cluster, member);
      boolean goesOn = true;
      if (random.nextBoolean()) {
        goesOn = awaitAnswers(clients);
      } else {
        pause(random.nextInt(LONGEST_PAUSE_MILLIS));
      }
      disturbance.end(cluster, member);
      if (!goesOn) {
        faults.add("nothing goes on without m" + member + ", after " + disturbance);
        break;
      }
      if (!awaitAnswers(clients)) {
        faults.add("nothing goes on after " + disturbance + " of m" + member);
        break;
      }
    }
    return round;
  }

  private static boolean awaitAnswers(Clients clients) throws InterruptedException {
    long enough = clients.answered() + ENOUGH;
    long deadline = System.nanoTime() + SETTLING.toNanos();
    while (clients.answered() < enough) {
      if (System.nanoTime() - deadline > 0) {
        return false;
      }
      pause(LOOK_MILLIS);
    }
    return true;
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

  private static Report judge(
      Cluster cluster,
      Clients clients,
      Watchers watchers,
      Housework housework,
      int rounds,
      long revision,
      List<String> faults) {
    int undecided = 0;
    for (var entry : new TreeMap<>(clients.histories()).entrySet()) {
      switch (Linearizability.of(entry.getValue())) {
        case NOT_LINEARIZABLE -> faults.add("not linearizable: " + entry.getKey());
        case UNDECIDED -> undecided++;
        case LINEARIZABLE -> {}
      }
    }
    judgeLog(clients, watchers.written(), faults);
    var hashes = new HashSet<Integer>();
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
    return new Report(
        rounds,
        clients.answered(),
        clients.histories().size(),
        undecided,
        watchers.written().size(),
        housework.compactions(),
        housework.snapshots(),
        faults);
  }

  /** What was acknowledged is in the log once, and what is there was asked for. */
  private static void judgeLog(Clients clients, List<Long> written, List<String> faults) {
    var inLog = new HashSet<Long>();
    for (long value : written) {
      if (!inLog.add(value)) {
        faults.add("written twice: " + value);
      }
    }
    for (var history : clients.histories().values()) {
      for (var operation : history) {
        if (!operation.writes()) {
          continue;
        }
        if (!inLog.remove(operation.value()) && operation.answered()) {
          faults.add("acknowledged and not in the log: " + operation);
        }
      }
    }
    inLog.forEach(value -> faults.add("in the log, and nobody asked for it: " + value));
  }

  /** The newest revision, which the member has when this returns. */
  private static long revision(Cluster cluster, int member) {
    return KVGrpc.newBlockingStub(cluster.channel(member))
        .range(RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8("ready")).build())
        .getHeader()
        .getRevision();
  }
}
