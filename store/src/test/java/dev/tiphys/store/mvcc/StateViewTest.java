package dev.tiphys.store.mvcc;

import static com.google.protobuf.ByteString.copyFromUtf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.store.disk.CorruptLogException;
import dev.tiphys.store.record.Command;
import dev.tiphys.store.rpc.CompactionRequest;
import dev.tiphys.store.rpc.DeleteRangeRequest;
import dev.tiphys.store.rpc.KeyValue;
import dev.tiphys.store.rpc.PutRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is shown of a state: what can still be asked for, no more and no less. */
class StateViewTest {
  private static final String FILLER = "v".repeat(300);
  private Rig rig;

  @BeforeEach
  void open() throws IOException {
    rig = new Rig(1);
  }

  @Test
  void allThatHappenedIsShownInOrder() throws Exception {
    put("a", "1");
    put("b", "1");
    delete("a", "c");
    put("a", "2");
    assertThat(shown())
        .containsExactly(
            "2.0 a=1 v1", "3.0 b=1 v1", "4.0 a deleted", "4.1 b deleted", "5.0 a=2 v1");
  }

  @Test
  void ofWhatIsCompactedTheStateThenIsShown() throws Exception {
    put("a", "1");
    put("b", "1");
    put("a", "2");
    delete("b");
    put("c", "1");
    compact(6);
    put("a", "3");
    var left = List.of("4.0 a=2 v2", "6.0 c=1 v1", "7.0 a=3 v3");
    assertThat(shown()).isEqualTo(left); // the log still has all
    rig.machine.dropCompacted();
    assertThat(shown()).isEqualTo(left);
  }

  /** It can still be watched from there. */
  @Test
  void aDeletionOfTheVeryRevisionIsShown() throws Exception {
    put("a", "1");
    put("b", "1");
    delete("a");
    compact(4);
    assertThat(shown()).containsExactly("3.0 b=1 v1", "4.0 a deleted");
    rig.machine.dropCompacted();
    assertThat(shown()).containsExactly("3.0 b=1 v1", "4.0 a deleted");
  }

  /** Some segments are rewritten and some are not; versions must not have holes all the same. */
  @Test
  void whatIsLeftOnDiskByChanceIsNotShown() throws Exception {
    put("k", "1");
    for (int i = 0; i < 6; i++) {
      put("alive" + i, FILLER);
    }
    for (int i = 0; i < 20; i++) {
      put("often", FILLER);
    }
    put("k", "2");
    for (int i = 0; i < 20; i++) {
      put("often", FILLER);
    }
    put("k", "3");
    compact(rig.machine.revision());
    rig.machine.dropCompacted();
    assertThat(shown().stream().filter(record -> record.contains(" k="))).hasSize(1);
    assertThat(shown()).hasSize(8).last().isEqualTo(rig.machine.revision() + ".0 k=3 v3");
  }

  @Test
  void nothingMovesWhileItIsLookedAt() throws Exception {
    for (int i = 0; i < 40; i++) {
      put("often", FILLER);
    }
    put("once", "1");
    long revision = rig.machine.revision();
    var first = new ArrayList<String>();
    var second = new ArrayList<String>();
    rig.machine.view(state -> {
      show(state, first);
      put("often", "later");
      compact(rig.machine.revision());
      assertThat(inAnotherThread(rig.machine::tryDropCompacted)).isFalse();
      show(state, second);
      assertThat(state.checkpoint().getRevision()).isEqualTo(revision);
    });
    assertThat(second).isEqualTo(first).hasSize(41);
    assertThat(rig.machine.tryDropCompacted()).isTrue();
    assertThat(shown()).hasSize(2);
  }

  @Test
  void damageIsRefused() throws Exception {
    put("a", FILLER);
    put("a", FILLER);
    rig.machine.checkpoint();
    rig.disk.damage("seg-00000001-00000001.0000.log", 200);
    assertThatThrownBy(this::shown).isInstanceOf(CorruptLogException.class);
  }

  private interface Question {
    boolean ask() throws IOException;
  }

  private static boolean inAnotherThread(Question question) throws InterruptedException {
    var answer = new boolean[1];
    Thread.ofVirtual()
        .start(() -> {
          try {
            answer[0] = question.ask();
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        })
        .join();
    return answer[0];
  }

  private List<String> shown() throws IOException, InterruptedException {
    var all = new ArrayList<String>();
    rig.machine.view(state -> show(state, all));
    return all;
  }

  private static void show(StateView state, List<String> into)
      throws IOException, InterruptedException {
    state.records((revision, number, deletion, value) -> {
      var kv = KeyValue.parseFrom(value);
      var id = revision + "." + number + " " + kv.getKey().toStringUtf8();
      into.add(
          deletion
              ? id + " deleted"
              : id + "=" + kv.getValue().toStringUtf8() + " v" + kv.getVersion());
    });
  }

  private void put(String key, String value) throws IOException {
    rig.done(
        Command.newBuilder()
            .setPut(PutRequest.newBuilder().setKey(copyFromUtf8(key)).setValue(copyFromUtf8(value)))
            .build());
  }

  private void delete(String from, String... to) throws IOException {
    var request = DeleteRangeRequest.newBuilder().setKey(copyFromUtf8(from));
    for (var end : to) {
      request.setRangeEnd(copyFromUtf8(end));
    }
    rig.done(Command.newBuilder().setDeleteRange(request).build());
  }

  private void compact(long revision) throws IOException {
    rig.done(
        Command.newBuilder()
            .setCompact(CompactionRequest.newBuilder().setRevision(revision))
            .build());
  }
}
