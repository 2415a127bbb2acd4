package dev.tiphys.store.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.store.mvcc.StoreException;
import dev.tiphys.store.raft.RollCall;
import dev.tiphys.store.record.MemberRecord;
import java.util.ArrayList;
import java.util.HashMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The rules of etcd's --strict-reconfig-check. A cluster is written as its members: {@code +}
 * answers, {@code -} was started and does not, {@code ?} was never started, {@code l} is a learner.
 */
class ReconfigurationTest {
  private static final String STARTED =
      "etcdserver: re-configuration failed due to not enough started members";
  private static final String UNHEALTHY = "etcdserver: unhealthy cluster";
  private static final String NOT_READY =
      "etcdserver: can only promote a learner member which is in sync with leader";

  @ParameterizedTest
  @CsvSource({
    "+,      ''",
    "+?,     " + STARTED,
    "++,     ''",
    "+++,    ''",
    "+++?,   " + UNHEALTHY,
    "++-,    " + UNHEALTHY,
    "++l,    ''",
    "+++???, " + STARTED,
  })
  void aVoterIsAdded(String members, String refusal) {
    assertThat(refusal(() -> cluster(members).checkAdd(false))).isEqualTo(refusal);
  }

  @ParameterizedTest
  @CsvSource({"+, ''", "+?, " + UNHEALTHY, "+++, ''", "++-, " + UNHEALTHY})
  void aLearnerIsAdded(String members, String refusal) {
    assertThat(refusal(() -> cluster(members).checkAdd(true))).isEqualTo(refusal);
  }

  /** The last member goes. */
  @ParameterizedTest
  @CsvSource({
    "+,     " + STARTED,
    "++,    ''",
    "+-,    ''",
    "+?,    ''",
    "+++,   ''",
    "++-,   ''",
    "+-+,   " + UNHEALTHY,
    "+-l,   ''",
    "+++-+, ''",
    "++--+, " + UNHEALTHY,
    "++--,  ''",
    "+?+,   " + STARTED,
  })
  void aMemberIsRemoved(String members, String refusal) {
    var change = cluster(members);
    assertThat(refusal(() -> change.checkRemove(change.members().getLast()))).isEqualTo(refusal);
  }

  @ParameterizedTest
  @CsvSource({"+l, ''", "+?l, ''", "+??l, " + STARTED, "+++l, ''"})
  void aLearnerIsPromoted(String members, String refusal) {
    assertThat(refusal(() -> cluster(members).checkPromote())).isEqualTo(refusal);
  }

  @ParameterizedTest
  @CsvSource({"1000, ''", "900, ''", "899, " + NOT_READY, "-1, " + NOT_READY, ", " + NOT_READY})
  void aLearnerMustBeInSync(Long synced, String refusal) {
    var learner = MemberRecord.newBuilder().setId(7).setLearner(true).build();
    var present = new HashMap<Long, Long>();
    if (synced != null) {
      present.put(7L, synced);
    }
    var change = new Reconfiguration(new ArrayList<>(), new RollCall(1000, present));
    assertThat(refusal(() -> change.checkReady(learner))).isEqualTo(refusal);
  }

  private static String refusal(Runnable check) {
    try {
      check.run();
      return "";
    } catch (StoreException e) {
      return e.error().text();
    }
  }

  private static Reconfiguration cluster(String members) {
    var records = new ArrayList<MemberRecord>();
    var present = new HashMap<Long, Long>();
    for (char kind : members.toCharArray()) {
      long id = records.size() + 1;
      records.add(
          MemberRecord.newBuilder()
              .setId(id)
              .setName(kind == '?' ? "" : "m" + id)
              .setLearner(kind == 'l')
              .build());
      if (kind == '+' || kind == 'l') {
        present.put(id, 1L);
      }
    }
    return new Reconfiguration(records, new RollCall(1, present));
  }
}
