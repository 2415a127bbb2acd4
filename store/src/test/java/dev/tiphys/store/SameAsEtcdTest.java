package dev.tiphys.store;

import static com.google.protobuf.ByteString.copyFromUtf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tiphys.store.rpc.DeleteRangeRequest;
import dev.tiphys.store.rpc.HashKVRequest;
import dev.tiphys.store.rpc.KVGrpc;
import dev.tiphys.store.rpc.MaintenanceGrpc;
import dev.tiphys.store.rpc.PutRequest;
import dev.tiphys.store.rpc.WatchCreateRequest;
import dev.tiphys.store.rpc.WatchGrpc;
import dev.tiphys.store.rpc.WatchRequest;
import dev.tiphys.store.rpc.WatchResponse;
import io.grpc.Channel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The same requests to this store and to a real etcd get the same answers: each response, revision
 * and error text. What a real etcd does is not written down here, it is asked. Skipped where none
 * is installed.
 */
class SameAsEtcdTest {
  private static final int REQUESTS = 400;

  @TempDir private Path directory = Path.of("");

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void everyAnswerToRandomRequestsIsTheSame(long seed) throws Exception {
    assumeTrue(RealEtcd.isInstalled(), RealEtcd.MISSING);
    try (var etcd = new RealEtcd(Files.createDirectory(directory.resolve("theirs")));
        var store = new TestStore(directory.resolve("ours"))) {
      var requests = new RandomRequests(seed);
      var early = requests.watch(0);
      try (var theirs = new Watched(etcd.channel(), early);
          var ours = new Watched(store.channel(), early)) {
        long compacted = 1;
        long revision = 1;
        for (int i = 0; i < REQUESTS; i++) {
          var call = requests.next(revision);
          var expected = call.answer(etcd.channel());
          assertThat(call.answer(store.channel())).as("%d: %s", i, call).isEqualTo(expected);
          revision = Math.max(revision, revisionOf(expected));
          if (call.method().equals(KVGrpc.getCompactMethod()) && expected.startsWith("header")) {
            compacted = ((dev.tiphys.store.rpc.CompactionRequest) call.request()).getRevision();
          }
        }
        last(etcd.channel());
        last(store.channel());
        assertThat(hash(store.channel(), 0)).isEqualTo(hash(etcd.channel(), 0));
        assertThat(hash(store.channel(), revision)).isEqualTo(hash(etcd.channel(), revision));
        assertThat(ours.untilLast()).as("%s", early).isEqualTo(theirs.untilLast());
        for (int i = 0; i < 5; i++) {
          var late = requests.watch(compacted + (revision - compacted) * i / 5);
          try (var theirsLate = new Watched(etcd.channel(), late);
              var oursLate = new Watched(store.channel(), late)) {
            assertThat(oursLate.untilLast()).as("%s", late).isEqualTo(theirsLate.untilLast());
          }
        }
      }
    }
  }

  @Test
  void revisionsAreReadFromAnswers() {
    assertThat(revisionOf("header {\n  revision: 17\n}\n")).isEqualTo(17);
    assertThat(revisionOf("OUT_OF_RANGE: x")).isZero();
  }

  /** What both hold, in one number, and since when. */
  private static String hash(Channel channel, long revision) {
    var request = HashKVRequest.newBuilder().setRevision(revision).build();
    var response = MaintenanceGrpc.newBlockingStub(channel).hashKV(request);
    return response.getHash() + " since " + response.getCompactRevision();
  }

  /** Writes what every watch waits for. */
  private static void last(Channel channel) {
    var kv = KVGrpc.newBlockingStub(channel);
    kv.put(PutRequest.newBuilder().setKey(copyFromUtf8("zzz")).build());
    kv.deleteRange(DeleteRangeRequest.newBuilder().setKey(copyFromUtf8("zzz")).build());
  }

  private static long revisionOf(String answer) {
    var start = "header {\n  revision: ";
    return answer.startsWith(start)
        ? Long.parseLong(answer.substring(start.length(), answer.indexOf('\n', start.length())))
        : 0;
  }

  /** One watch on a stream of its own. */
  private static final class Watched implements AutoCloseable {
    private final Inbox<WatchResponse> inbox = new Inbox<>();
    private final io.grpc.stub.StreamObserver<WatchRequest> requests;

    Watched(Channel channel, WatchCreateRequest create) throws InterruptedException {
      requests = WatchGrpc.newStub(channel).withWaitForReady().watch(inbox);
      requests.onNext(WatchRequest.newBuilder().setCreateRequest(create).build());
      assertThat(inbox.next().getCreated()).isTrue();
    }

    /** All events up to the last one, however they were put into responses. */
    List<String> untilLast() throws InterruptedException {
      var events = new ArrayList<String>();
      while (true) {
        var response = inbox.next();
        if (response.getCanceled()) {
          events.add("cancelled: " + response.getCancelReason());
          return events;
        }
        for (var event : response.getEventsList()) {
          events.add(event.toString());
          if (event.getKv().getKey().equals(copyFromUtf8("zzz"))) {
            return events;
          }
        }
      }
    }

    @Override
    public void close() {
      requests.onCompleted();
    }
  }
}
