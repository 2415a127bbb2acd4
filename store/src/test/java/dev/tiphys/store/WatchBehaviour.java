package dev.tiphys.store;

import static com.google.protobuf.ByteString.copyFromUtf8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.tiphys.store.rpc.CompactionRequest;
import dev.tiphys.store.rpc.DeleteRangeRequest;
import dev.tiphys.store.rpc.Event;
import dev.tiphys.store.rpc.KVGrpc;
import dev.tiphys.store.rpc.LeaseGrantRequest;
import dev.tiphys.store.rpc.LeaseGrpc;
import dev.tiphys.store.rpc.LeaseKeepAliveRequest;
import dev.tiphys.store.rpc.LeaseKeepAliveResponse;
import dev.tiphys.store.rpc.PutRequest;
import dev.tiphys.store.rpc.RequestOp;
import dev.tiphys.store.rpc.TxnRequest;
import dev.tiphys.store.rpc.WatchCancelRequest;
import dev.tiphys.store.rpc.WatchCreateRequest;
import dev.tiphys.store.rpc.WatchGrpc;
import dev.tiphys.store.rpc.WatchProgressRequest;
import dev.tiphys.store.rpc.WatchRequest;
import dev.tiphys.store.rpc.WatchResponse;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What an etcd tells those who watch. Runs against this store and a real etcd alike. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class WatchBehaviour {
  private Channel channel = Unconnected.CHANNEL;
  private KVGrpc.KVBlockingStub kv = KVGrpc.newBlockingStub(channel);

  abstract ManagedChannel connect() throws Exception;

  abstract void disconnect() throws Exception;

  @BeforeAll
  void open() throws Exception {
    channel = connect();
    kv = KVGrpc.newBlockingStub(channel).withWaitForReady();
  }

  @AfterAll
  void close() throws Exception {
    disconnect();
  }

  @Test
  void aWatchBeginsAfterNowAndSeesPutsAndDeletes() throws Exception {
    put("now/a", "before");
    try (var watch = watch()) {
      watch.create(prefix("now/"));
      long first = put("now/a", "1");
      delete("now/a");
      var events = watch.events(2);
      assertThat(events.get(0).getType()).isEqualTo(Event.EventType.PUT);
      assertThat(events.get(0).getKv().getValue()).isEqualTo(copyFromUtf8("1"));
      assertThat(events.get(0).getKv().getModRevision()).isEqualTo(first);
      assertThat(events.get(0).hasPrevKv()).isFalse();
      assertThat(events.get(1).getType()).isEqualTo(Event.EventType.DELETE);
      assertThat(events.get(1).getKv().getModRevision()).isEqualTo(first + 1);
      assertThat(events.get(1).getKv().getValue()).isEqualTo(ByteString.EMPTY);
    }
  }

  @Test
  void aWatchFromThePastSeesEveryRevisionInOrder() throws Exception {
    long first = put("past/0", "0");
    for (int i = 1; i < 50; i++) {
      put("past/" + i % 7, "" + i);
    }
    try (var watch = watch()) {
      watch.create(prefix("past/").setStartRevision(first));
      put("past/live", "50");
      var events = watch.events(51);
      for (int i = 0; i <= 50; i++) {
        assertThat(events.get(i).getKv().getModRevision()).isEqualTo(first + i);
        assertThat(events.get(i).getKv().getValue()).isEqualTo(copyFromUtf8("" + i));
      }
    }
  }

  @Test
  void aWatchFromTheFutureWaitsForIt() throws Exception {
    long now = put("future/a", "0");
    try (var watch = watch()) {
      watch.create(prefix("future/").setStartRevision(now + 3));
      put("future/a", "1");
      put("future/a", "2");
      put("future/a", "3");
      assertThat(watch.events(1).getFirst().getKv().getModRevision()).isEqualTo(now + 3);
    }
  }

  @Test
  void watchesOfOneStreamForTheSameKeysEachSeeTheirRevisionsOnce() throws Exception {
    long first = put("same/a", "0");
    for (int i = 1; i < 30; i++) {
      put("same/a", "" + i);
    }
    try (var watch = watch()) {
      var starts = new TreeMap<Long, Long>();
      starts.put(watch.create(prefix("same/").setStartRevision(first + 33)), first + 33);
      for (int i = 0; i < 30; i++) {
        starts.put(watch.create(prefix("same/")), first + 30);
      }
      starts.put(watch.create(prefix("same/").setStartRevision(first)), first);
      for (int i = 30; i < 40; i++) {
        put("same/a", "" + i);
      }
      int left = 7 + 30 * 10 + 40;
      var next = new TreeMap<>(starts);
      while (left > 0) {
        var response = watch.next();
        for (var event : response.getEventsList()) {
          long expected = next.merge(response.getWatchId(), 1L, Long::sum) - 1;
          assertThat(event.getKv().getModRevision()).isEqualTo(expected);
          left--;
        }
      }
      assertThat(next.values()).containsOnly(first + 40);
    }
  }

  @Test
  void previousPairsComeOnRequest() throws Exception {
    long first = put("prev/a", "1");
    put("prev/a", "2");
    delete("prev/a");
    try (var watch = watch()) {
      watch.create(prefix("prev/").setStartRevision(first).setPrevKv(true));
      var events = watch.events(3);
      assertThat(events.get(0).hasPrevKv()).isFalse();
      assertThat(events.get(1).getPrevKv().getValue()).isEqualTo(copyFromUtf8("1"));
      assertThat(events.get(2).getPrevKv().getValue()).isEqualTo(copyFromUtf8("2"));
      put("prev/a", "3");
      put("prev/a", "4");
      events = watch.events(2);
      assertThat(events.get(0).hasPrevKv()).isFalse();
      assertThat(events.get(1).getPrevKv().getValue()).isEqualTo(copyFromUtf8("3"));
    }
  }

  @Test
  void filtersLeaveOutPutsOrDeletes() throws Exception {
    try (var watch = watch()) {
      watch.create(prefix("filter/").addFilters(WatchCreateRequest.FilterType.NOPUT));
      put("filter/a", "1");
      delete("filter/a");
      assertThat(watch.events(1).getFirst().getType()).isEqualTo(Event.EventType.DELETE);
    }
  }

  @Test
  void aRevisionComesWhole() throws Exception {
    try (var watch = watch()) {
      watch.create(prefix("whole/"));
      var txn = TxnRequest.newBuilder();
      for (int i = 0; i < 20; i++) {
        txn.addSuccess(
            RequestOp.newBuilder()
                .setRequestPut(PutRequest.newBuilder().setKey(copyFromUtf8("whole/" + i))));
      }
      long revision = kv.txn(txn.build()).getHeader().getRevision();
      var response = watch.next();
      assertThat(response.getEventsCount()).isEqualTo(20);
      assertThat(response.getEventsList()).allMatch(e -> e.getKv().getModRevision() == revision);
    }
  }

  @Test
  void manyWatchesShareAStream() throws Exception {
    try (var watch = watch()) {
      long one = watch.create(prefix("share/one/"));
      long two = watch.create(prefix("share/two/"));
      assertThat(one).isNotEqualTo(two);
      put("share/two/a", "1");
      assertThat(watch.next().getWatchId()).isEqualTo(two);
      put("share/one/a", "1");
      assertThat(watch.next().getWatchId()).isEqualTo(one);
    }
  }

  @Test
  void aCancelledWatchIsSilent() throws Exception {
    try (var watch = watch()) {
      long id = watch.create(prefix("cancel/"));
      watch.send(
          WatchRequest.newBuilder()
              .setCancelRequest(WatchCancelRequest.newBuilder().setWatchId(id)));
      var response = watch.next();
      assertThat(response.getCanceled()).isTrue();
      assertThat(response.getWatchId()).isEqualTo(id);
      long other = watch.create(prefix("cancel/"));
      put("cancel/a", "1");
      assertThat(watch.next().getWatchId()).isEqualTo(other);
    }
  }

  @Test
  void aChosenIdIsKeptAndMayNotBeTakenTwice() throws Exception {
    try (var watch = watch()) {
      assertThat(watch.create(prefix("chosen/").setWatchId(77))).isEqualTo(77);
      watch.send(WatchRequest.newBuilder().setCreateRequest(prefix("chosen/").setWatchId(77)));
      var response = watch.next();
      assertThat(response.getWatchId()).isEqualTo(-1);
      assertThat(response.getCanceled()).isTrue();
    }
  }

  @Test
  void aWatchOfCompactedHistoryIsCancelledWithTheRevisionToGoOnFrom() throws Exception {
    long first = put("compact/a", "1");
    put("compact/a", "2");
    long third = put("compact/a", "3");
    kv.compact(CompactionRequest.newBuilder().setRevision(third).build());
    try (var watch = watch()) {
      long id = watch.create(prefix("compact/").setStartRevision(first));
      var response = watch.next();
      assertThat(response.getCanceled()).isTrue();
      assertThat(response.getWatchId()).isEqualTo(id);
      assertThat(response.getCompactRevision()).isGreaterThanOrEqualTo(third);
      watch.create(prefix("compact/").setStartRevision(response.getCompactRevision()));
      put("compact/a", "4");
      assertThat(watch.events(1).getFirst().getKv().getModRevision()).isGreaterThanOrEqualTo(third);
    }
  }

  @Test
  void progressIsToldOnRequestAndNeverRunsAhead() throws Exception {
    try (var watch = watch()) {
      watch.create(prefix("progress/"));
      long revision = put("elsewhere", "1");
      watch.send(
          WatchRequest.newBuilder().setProgressRequest(WatchProgressRequest.getDefaultInstance()));
      var response = watch.next();
      assertThat(response.getEventsList()).isEmpty();
      assertThat(response.getWatchId()).isEqualTo(-1);
      assertThat(response.getHeader().getRevision()).isGreaterThanOrEqualTo(revision);
    }
  }

  @Test
  void bigResponsesComeInFragmentsWhereAllowed() throws Exception {
    long first = put("fragment/0", "x".repeat(1_200_000));
    put("fragment/1", "x".repeat(1_200_000));
    put("fragment/2", "x".repeat(1_200_000));
    try (var watch = watch()) {
      watch.create(prefix("fragment/").setStartRevision(first).setFragment(true));
      assertThat(watch.events(3)).hasSize(3);
    }
  }

  @Test
  void aRevisionThatIsTooBigComesInFragments() throws Exception {
    putFour("parts/", "x");
    long revision = putFour("parts/", "y");
    try (var watch = watch()) {
      // With what was before, it is larger than a request may be.
      watch.create(prefix("parts/").setStartRevision(revision).setPrevKv(true).setFragment(true));
      var events = new ArrayList<Event>();
      int fragments = 0;
      WatchResponse response;
      do {
        response = watch.next();
        events.addAll(response.getEventsList());
        fragments++;
      } while (response.getFragment());
      assertThat(fragments).isGreaterThan(1);
      assertThat(events).hasSize(4).allMatch(e -> e.getKv().getModRevision() == revision);
      put("parts/0", "after");
      assertThat(watch.next().getFragment()).isFalse();
    }
    try (var watch = watch()) {
      watch.create(prefix("parts/").setStartRevision(revision).setPrevKv(true));
      assertThat(watch.next().getEventsList().subList(0, 4))
          .allMatch(e -> e.getKv().getModRevision() == revision);
    }
  }

  /** Puts four large values in one revision. */
  private long putFour(String prefix, String letter) {
    var txn = TxnRequest.newBuilder();
    for (int i = 0; i < 4; i++) {
      txn.addSuccess(
          RequestOp.newBuilder()
              .setRequestPut(
                  PutRequest.newBuilder()
                      .setKey(copyFromUtf8(prefix + i))
                      .setValue(copyFromUtf8(letter.repeat(350_000)))));
    }
    return kv.txn(txn.build()).getHeader().getRevision();
  }

  @Test
  void anExpiredLeaseDeletesItsKeysAndAKeptOneDoesNot() throws Exception {
    var leases = LeaseGrpc.newBlockingStub(channel).withWaitForReady();
    long dying = leases.leaseGrant(LeaseGrantRequest.newBuilder().setTTL(2).build()).getID();
    long kept = leases.leaseGrant(LeaseGrantRequest.newBuilder().setTTL(60).build()).getID();
    kv.put(PutRequest.newBuilder().setKey(copyFromUtf8("expire/a")).setLease(dying).build());
    kv.put(PutRequest.newBuilder().setKey(copyFromUtf8("expire/b")).setLease(kept).build());
    try (var watch = watch()) {
      watch.create(prefix("expire/"));
      var alive = keepAlive(kept);
      assertThat(alive.getTTL()).isEqualTo(60);
      var event = watch.events(1).getFirst();
      assertThat(event.getType()).isEqualTo(Event.EventType.DELETE);
      assertThat(event.getKv().getKey()).isEqualTo(copyFromUtf8("expire/a"));
      assertThat(keepAlive(dying).getTTL()).isZero();
      assertThat(keepAlive(kept).getTTL()).isEqualTo(60);
    }
  }

  private LeaseKeepAliveResponse keepAlive(long id) throws InterruptedException {
    var answers = new Inbox<LeaseKeepAliveResponse>();
    var requests = LeaseGrpc.newStub(channel).leaseKeepAlive(answers);
    requests.onNext(LeaseKeepAliveRequest.newBuilder().setID(id).build());
    var answer = answers.next();
    requests.onCompleted();
    return answer;
  }

  private long put(String key, String value) {
    return kv.put(
            PutRequest.newBuilder().setKey(copyFromUtf8(key)).setValue(copyFromUtf8(value)).build())
        .getHeader()
        .getRevision();
  }

  private void delete(String key) {
    kv.deleteRange(DeleteRangeRequest.newBuilder().setKey(copyFromUtf8(key)).build());
  }

  private static WatchCreateRequest.Builder prefix(String prefix) {
    return WatchCreateRequest.newBuilder()
        .setKey(copyFromUtf8(prefix))
        .setRangeEnd(copyFromUtf8(prefix.substring(0, prefix.length() - 1) + "0"));
  }

  private Watching watch() {
    var inbox = new Inbox<WatchResponse>();
    return new Watching(inbox, WatchGrpc.newStub(channel).withWaitForReady().watch(inbox));
  }

  /** A stream of watches. */
  private record Watching(
      Inbox<WatchResponse> inbox, io.grpc.stub.StreamObserver<WatchRequest> requests)
      implements AutoCloseable {
    void send(WatchRequest.Builder request) {
      requests.onNext(request.build());
    }

    /** Opens a watch and returns its id. */
    long create(WatchCreateRequest.Builder request) throws InterruptedException {
      send(WatchRequest.newBuilder().setCreateRequest(request));
      var response = next();
      assertThat(response.getCreated()).isTrue();
      assertThat(response.getCanceled()).isFalse();
      return response.getWatchId();
    }

    WatchResponse next() throws InterruptedException {
      return inbox.next();
    }

    /** The next so many events. */
    List<Event> events(int count) throws InterruptedException {
      var events = new ArrayList<Event>();
      while (events.size() < count) {
        var response = next();
        assertThat(response.getCanceled()).isFalse();
        events.addAll(response.getEventsList());
      }
      return events;
    }

    @Override
    public void close() {
      requests.onCompleted();
    }
  }
}
