package dev.tiphys.store.chaos;

import com.google.protobuf.ByteString;
import dev.tiphys.store.rpc.Event;
import dev.tiphys.store.rpc.WatchCreateRequest;
import dev.tiphys.store.rpc.WatchGrpc;
import dev.tiphys.store.rpc.WatchRequest;
import dev.tiphys.store.rpc.WatchResponse;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Clients that watch everything from the first revision on, at one member after the other, and go
 * on behind what they have seen. In the end each must have seen the whole log, each event once.
 */
final class Watchers {
  private static final long LOOK_MILLIS = 100;
  private static final int LONGEST_STAY_MILLIS = 4000;
  private static final long PATIENCE_SECONDS = 60;

  private final Cluster cluster;
  private final List<Log> seen = new ArrayList<>();
  private volatile long target = Long.MAX_VALUE;

  /** One change, as it was told. */
  record Seen(Event.EventType type, String key, String value, long revision, long version) {}

  /** What one watcher saw, in order. One thread writes it; any may ask how far it came. */
  static final class Log {
    private final List<Seen> events = new ArrayList<>();
    private volatile long reached;

    /** Begins behind a revision. */
    Log(long reached) {
      this.reached = reached;
    }
  }

  Watchers(Cluster cluster) {
    this.cluster = cluster;
  }

  /** Makes room for what one of them sees; run each with its own. */
  Log add() {
    var log = new Log(0);
    seen.add(log);
    return log;
  }

  /** The revision that all of them have seen: history up to there is of no use to them. */
  long slowest() {
    return seen.stream().mapToLong(log -> log.reached).min().orElse(0);
  }

  /** Watches until it has seen all up to where {@link #stopAt} says, or that takes too long. */
  void run(Log log, Random random) throws InterruptedException {
    long deadline = Long.MAX_VALUE;
    while (!follow(log, random.nextInt(Cluster.SIZE), random.nextInt(LONGEST_STAY_MILLIS))) {
      long now = System.nanoTime();
      if (target != Long.MAX_VALUE && deadline == Long.MAX_VALUE) {
        deadline = now + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
      }
      if (deadline != Long.MAX_VALUE && now - deadline > 0) {
        return;
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
    }
  }

  /** The last revision that all are to see. */
  void stopAt(long revision) {
    target = revision;
  }

  /**
   * What every member tells who watches it from the first revision on that there is, and what all
   * saw.
   *
   * @param compacted how far history is compacted
   */
  List<String> faults(long compacted) throws InterruptedException {
    var faults = new ArrayList<String>();
    var reference = new Log(compacted);
    for (int member = 0; member < Cluster.SIZE; member++) {
      var told = member == 0 ? reference : new Log(compacted);
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
      while (!follow(told, member, LONGEST_STAY_MILLIS)) {
        if (System.nanoTime() - deadline > 0) {
          faults.add("a watch at m" + member + " does not come to revision " + target);
          break;
        }
      }
      if (!told.events.equals(reference.events)) {
        faults.add("watches at m0 and m" + member + " tell different histories");
      }
    }
    for (int i = 0; i < seen.size(); i++) {
      var events = seen.get(i).events;
      var rest = events.stream().filter(event -> event.revision > compacted).toList();
      if (!rest.equals(reference.events)) {
        faults.add(
            "watcher "
                + i
                + " saw something else than the log: "
                + difference(rest, reference.events));
      }
      if (!events.equals(seen.getFirst().events)) {
        faults.add("watchers 0 and " + i + " saw different histories");
      }
    }
    return faults;
  }

  /** All values that are in the log, in the order of their revisions. */
  List<Long> written() {
    return seen.getFirst().events.stream()
        .filter(event -> event.type == Event.EventType.PUT && !event.key.equals(Clients.END))
        .map(event -> Long.parseLong(event.value))
        .toList();
  }

  private static String difference(List<Seen> events, List<Seen> reference) {
    for (int i = 0; i < Math.min(events.size(), reference.size()); i++) {
      if (!events.get(i).equals(reference.get(i))) {
        return events.get(i) + " instead of " + reference.get(i);
      }
    }
    return events.size() + " events instead of " + reference.size();
  }

  private boolean follow(Log log, int member, long millis) throws InterruptedException {
    var responses = new LinkedBlockingQueue<Optional<WatchResponse>>();
    var requests = WatchGrpc.newStub(cluster.channel(member)).watch(into(responses));
    requests.onNext(
        WatchRequest.newBuilder()
            .setCreateRequest(
                WatchCreateRequest.newBuilder()
                    .setKey(ByteString.copyFromUtf8(Clients.PREFIX))
                    .setRangeEnd(ByteString.copyFromUtf8(Clients.AFTER_PREFIX))
                    .setStartRevision(log.reached + 1))
            .build());
    long leave = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    while (System.nanoTime() - leave < 0 && !isDone(log)) {
      var response = responses.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
      if (response == null) {
        continue;
      }
      if (response.isEmpty()) {
        return isDone(log);
      }
      response.get().getEventsList().forEach(event -> log.events.add(seen(event)));
      if (!log.events.isEmpty()) {
        log.reached = Math.max(log.reached, log.events.getLast().revision);
      }
    }
    requests.onCompleted();
    return isDone(log);
  }

  private boolean isDone(Log log) {
    return log.reached >= target;
  }

  private static Seen seen(Event event) {
    var kv = event.getKv();
    return new Seen(
        event.getType(),
        kv.getKey().toStringUtf8(),
        kv.getValue().toStringUtf8(),
        kv.getModRevision(),
        kv.getVersion());
  }

  private static StreamObserver<WatchResponse> into(
      LinkedBlockingQueue<Optional<WatchResponse>> queue) {
    return new StreamObserver<>() {
      @Override
      public void onNext(WatchResponse response) {
        queue.add(Optional.of(response));
      }

      @Override
      public void onError(Throwable failure) {
        queue.add(Optional.empty());
      }

      @Override
      public void onCompleted() {
        queue.add(Optional.empty());
      }
    };
  }
}
