package dev.tiphys.store;

import static com.google.protobuf.ByteString.copyFromUtf8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.store.rpc.KVGrpc;
import dev.tiphys.store.rpc.PutRequest;
import dev.tiphys.store.rpc.WatchCreateRequest;
import dev.tiphys.store.rpc.WatchGrpc;
import dev.tiphys.store.rpc.WatchProgressRequest;
import dev.tiphys.store.rpc.WatchRequest;
import dev.tiphys.store.rpc.WatchResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A report of progress never runs ahead of events, however much is written meanwhile: what it says
 * was seen was sent before it. (An etcd 3.4 answers too early at times.)
 */
class ProgressAfterEventsTest {
  private static final int PUTS = 2000;

  @TempDir private Path directory = Path.of("");

  @Test
  void underLoad() throws Exception {
    try (var store = new TestStore(directory, "--watch-progress-notify-interval=1ms")) {
      var kv = KVGrpc.newFutureStub(store.channel());
      var inbox = new Inbox<WatchResponse>();
      var requests = WatchGrpc.newStub(store.channel()).watch(inbox);
      // One from now on, one from the past that has to catch up.
      requests.onNext(watch(1, 0));
      requests.onNext(watch(2, 1));
      for (int i = 0; i < PUTS; i++) {
        var unused =
            kv.put(
                PutRequest.newBuilder()
                    .setKey(copyFromUtf8("k" + i))
                    .setValue(copyFromUtf8("v".repeat(200)))
                    .build());
        if (i % 20 == 0) {
          requests.onNext(
              WatchRequest.newBuilder()
                  .setProgressRequest(WatchProgressRequest.getDefaultInstance())
                  .build());
        }
      }
      long[] told = new long[3];
      long[] seen = new long[3];
      int reports = 0;
      while (seen[1] < PUTS + 1 || seen[2] < PUTS + 1 || reports < 10) {
        var response = inbox.next();
        int id = (int) response.getWatchId();
        if (response.getEventsCount() == 0 && !response.getCreated()) {
          reports++;
          for (int watch = 1; watch <= 2; watch++) {
            if (id == watch || id == -1) {
              told[watch] = Math.max(told[watch], response.getHeader().getRevision());
            }
          }
        }
        for (var event : response.getEventsList()) {
          assertThat(event.getKv().getModRevision()).isGreaterThan(told[id]);
          seen[id] = event.getKv().getModRevision();
        }
      }
      requests.onCompleted();
    }
  }

  private static WatchRequest watch(long id, long revision) {
    return WatchRequest.newBuilder()
        .setCreateRequest(
            WatchCreateRequest.newBuilder()
                .setWatchId(id)
                .setKey(copyFromUtf8("k"))
                .setRangeEnd(copyFromUtf8("l"))
                .setStartRevision(revision)
                .setProgressNotify(true))
        .build();
  }
}
