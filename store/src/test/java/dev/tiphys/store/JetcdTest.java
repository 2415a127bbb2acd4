package dev.tiphys.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.PutOption;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.watch.WatchEvent;
import io.etcd.jetcd.watch.WatchResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * jetcd, a client that nobody here wrote and the API server's way to its store, gets what it asks
 * for.
 */
class JetcdTest {
  private static final long SECONDS = 20;

  private TestStore store;
  private Client client;

  @BeforeEach
  void connect(@TempDir Path directory) throws IOException {
    store = new TestStore(directory);
    client = Client.builder().endpoints("http://127.0.0.1:" + store.port()).build();
  }

  @AfterEach
  void disconnect() throws InterruptedException {
    client.close();
    store.close();
  }

  @Test
  void createsReadsUpdatesAndDeletesAsAnApiServerDoes() throws Exception {
    var kv = client.getKVClient();
    var key = bytes("/registry/configmaps/default/a");
    var create =
        get(
            kv.txn()
                .If(new Cmp(key, Cmp.Op.EQUAL, CmpTarget.modRevision(0)))
                .Then(Op.put(key, bytes("1"), PutOption.DEFAULT))
                .Else(Op.get(key, GetOption.DEFAULT))
                .commit());
    assertThat(create.isSucceeded()).isTrue();
    long revision = create.getHeader().getRevision();
    var conflict =
        get(
            kv.txn()
                .If(new Cmp(key, Cmp.Op.EQUAL, CmpTarget.modRevision(revision - 1)))
                .Then(Op.put(key, bytes("2"), PutOption.DEFAULT))
                .Else(Op.get(key, GetOption.DEFAULT))
                .commit());
    assertThat(conflict.isSucceeded()).isFalse();
    assertThat(conflict.getGetResponses().getFirst().getKvs().getFirst().getModRevision())
        .isEqualTo(revision);
    var list =
        get(
            kv.get(
                bytes("/registry/configmaps/"),
                GetOption.builder().isPrefix(true).withLimit(500).build()));
    assertThat(list.getCount()).isEqualTo(1);
    assertThat(get(kv.delete(key)).getDeleted()).isEqualTo(1);
  }

  @Test
  void watchesWithPreviousValues() throws Exception {
    var kv = client.getKVClient();
    var responses = new LinkedBlockingQueue<WatchResponse>();
    long start = get(kv.put(bytes("/w/a"), bytes("1"))).getHeader().getRevision();
    try (Watch.Watcher watcher =
        client
            .getWatchClient()
            .watch(
                bytes("/w/"),
                WatchOption.builder()
                    .isPrefix(true)
                    .withPrevKV(true)
                    .withProgressNotify(true)
                    .withRevision(start)
                    .build(),
                responses::add)) {
      get(kv.put(bytes("/w/a"), bytes("2")));
      get(kv.delete(bytes("/w/a")));
      var events = new ArrayList<WatchEvent>();
      while (events.size() < 3) {
        var response = responses.poll(SECONDS, TimeUnit.SECONDS);
        assertThat(response).isNotNull();
        events.addAll(response.getEvents());
      }
      var last = events.getLast();
      assertThat(last.getEventType()).isEqualTo(WatchEvent.EventType.DELETE);
      assertThat(last.getPrevKV().getValue()).isEqualTo(bytes("2"));
    }
  }

  @Test
  void keysLeaveWithTheirLease() throws Exception {
    long lease = get(client.getLeaseClient().grant(60)).getID();
    get(
        client
            .getKVClient()
            .put(bytes("/l/a"), bytes("1"), PutOption.builder().withLeaseId(lease).build()));
    assertThat(get(client.getLeaseClient().keepAliveOnce(lease)).getTTL()).isEqualTo(60);
    get(client.getLeaseClient().revoke(lease));
    assertThat(get(client.getKVClient().get(bytes("/l/a"))).getCount()).isZero();
  }

  @Test
  void tellsItsMembersAndItsStatus() throws Exception {
    var members = get(client.getClusterClient().listMember()).getMembers();
    assertThat(members).hasSize(1);
    var status =
        get(client.getMaintenanceClient().statusMember("http://127.0.0.1:" + store.port()));
    assertThat(status.getLeader()).isEqualTo(members.getFirst().getId());
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future.get(SECONDS, TimeUnit.SECONDS);
  }

  private static ByteSequence bytes(String text) {
    return ByteSequence.from(text, StandardCharsets.UTF_8);
  }
}
