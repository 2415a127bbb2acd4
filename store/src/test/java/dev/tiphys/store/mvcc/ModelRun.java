package dev.tiphys.store.mvcc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.tiphys.store.record.Command;
import dev.tiphys.store.rpc.CompactionRequest;
import dev.tiphys.store.rpc.Compare;
import dev.tiphys.store.rpc.DeleteRangeRequest;
import dev.tiphys.store.rpc.DeleteRangeResponse;
import dev.tiphys.store.rpc.Event;
import dev.tiphys.store.rpc.KeyValue;
import dev.tiphys.store.rpc.LeaseGrantRequest;
import dev.tiphys.store.rpc.LeaseRevokeRequest;
import dev.tiphys.store.rpc.PutRequest;
import dev.tiphys.store.rpc.PutResponse;
import dev.tiphys.store.rpc.RangeRequest;
import dev.tiphys.store.rpc.RangeResponse;
import dev.tiphys.store.rpc.RequestOp;
import dev.tiphys.store.rpc.TxnRequest;
import dev.tiphys.store.rpc.TxnResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Assertions;

/**
 * One life of a state machine beside its model. Every answer is compared. Each step is a number
 * that decides all of it, so that a life can be made shorter by leaving steps out.
 */
final class ModelRun {
  private static final int KINDS = 24;

  private final Set<Long> leases = new TreeSet<>();
  private final Rig rig = new Rig(1);
  private final Model model = new Model();
  private Random random = new Random(1);

  ModelRun() throws IOException {}

  void run(List<Integer> steps) throws IOException, InterruptedException {
    for (int seed : steps) {
      // Neighbouring seeds of this generator begin with alike numbers.
      random = new Random(seed * 0x9E37_79B9_7F4A_7C15L);
      step();
      assertThat(rig.machine.revision()).isEqualTo(model.revision());
    }
    everyRevisionReads();
    everyRevisionIsWatched();
    leasesAgree();
  }

  private void step() throws IOException, InterruptedException {
    switch (random.nextInt(KINDS)) {
      case 0, 1, 2, 3, 4, 5, 6 -> put();
      case 7, 8 -> delete();
      case 9, 10, 11, 12 -> txn();
      case 13, 14, 15 -> range(someRevision());
      case 16 -> grant();
      case 17 -> revoke();
      case 18 -> compact();
      case 19 -> rig.machine.dropCompacted();
      case 20 -> rig.machine.checkpoint();
      case 21 -> throughASnapshot();
      default -> {
        if (random.nextBoolean()) {
          rig.restart();
        } else {
          rig.crash();
        }
      }
    }
  }

  /** The state is taken, and goes on elsewhere: at another member, or in a new cluster. */
  private void throughASnapshot() throws IOException, InterruptedException {
    long revision = rig.machine.revision();
    var before = rig.machine.hash(StateHash.Wanted.asEtcd(revision));
    rig.moveBySnapshot(random.nextBoolean());
    assertThat(rig.machine.hash(StateHash.Wanted.asEtcd(revision))).isEqualTo(before);
  }

  private void put() throws IOException {
    var key = key();
    var old = model.get(key);
    boolean keep = random.nextInt(6) == 0;
    long lease = someLease();
    var request =
        PutRequest.newBuilder().setKey(key).setLease(lease).setPrevKv(true).setIgnoreValue(keep);
    if (!keep) {
      request.setValue(value());
    }
    if (lease != 0 && !leases.contains(lease)) {
      refused(StoreError.LEASE_NOT_FOUND, Command.newBuilder().setPut(request).build());
      return;
    }
    if (keep && old == null) {
      refused(StoreError.KEY_NOT_FOUND, Command.newBuilder().setPut(request).build());
      return;
    }
    var response = (PutResponse) rig.done(Command.newBuilder().setPut(request).build());
    var step = model.begin();
    step.put(key, keep && old != null ? old.getValue() : request.getValue(), lease);
    step.commit();
    assertThat(response.getHeader().getRevision()).isEqualTo(model.revision());
    assertThat(response.hasPrevKv() ? response.getPrevKv() : null).isEqualTo(old);
  }

  private void delete() throws IOException {
    var request = deletion();
    var range = KeyRange.of(request.getKey(), request.getRangeEnd());
    var response =
        (DeleteRangeResponse) rig.done(Command.newBuilder().setDeleteRange(request).build());
    var step = model.begin();
    var doomed = new ArrayList<KeyValue>();
    long count = step.delete(kv -> range.contains(kv.getKey().toByteArray()) && doomed.add(kv));
    step.commit();
    assertThat(response.getDeleted()).isEqualTo(count);
    assertThat(response.getPrevKvsList()).isEqualTo(doomed);
    assertThat(response.getHeader().getRevision()).isEqualTo(model.revision());
  }

  private DeleteRangeRequest deletion() {
    var request = DeleteRangeRequest.newBuilder().setKey(key()).setPrevKv(true);
    if (random.nextInt(3) == 0) {
      request.setRangeEnd(key());
    }
    return request.build();
  }

  /** One key compared, then written in one branch and read in the other. */
  private void txn() throws IOException {
    var key = key();
    var compared = key();
    var compare = compare(compared);
    var txn =
        TxnRequest.newBuilder()
            .addCompare(compare)
            .addSuccess(putOp(key))
            .addSuccess(
                RequestOp.newBuilder()
                    .setRequestTxn(
                        TxnRequest.newBuilder()
                            .addCompare(compare(key()))
                            .addSuccess(rangeOp())
                            .addFailure(rangeOp())
                            .addFailure(rangeOp())))
            .addSuccess(rangeOp())
            .addFailure(rangeOp())
            .build();
    boolean expected = holds(compare);
    var before = model.revision();
    var response = (TxnResponse) rig.done(Command.newBuilder().setTxn(txn).build());
    assertThat(response.getSucceeded()).as("%s", compare).isEqualTo(expected);
    if (expected) {
      boolean inner = holds(txn.getSuccess(1).getRequestTxn().getCompare(0));
      var step = model.begin();
      step.put(key, txn.getSuccess(0).getRequestPut().getValue(), 0);
      step.commit();
      var nested = response.getResponses(1).getResponseTxn();
      assertThat(nested.getSucceeded()).isEqualTo(inner);
      assertThat(nested.getResponsesCount()).isEqualTo(inner ? 1 : 2);
      assertThat(response.getResponses(2).getResponseRange().getKvsList())
          .isEqualTo(List.copyOf(model.at(model.revision()).values()));
    } else {
      assertThat(model.revision()).isEqualTo(before);
      assertThat(response.getResponses(0).getResponseRange().getKvsList())
          .isEqualTo(List.copyOf(model.at(before).values()));
    }
    assertThat(response.getHeader().getRevision()).isEqualTo(model.revision());
  }

  private Compare compare(ByteString key) {
    var compare =
        Compare.newBuilder()
            .setKey(key)
            .setResultValue(random.nextInt(4))
            .setTargetValue(random.nextInt(5));
    var kv = model.get(key);
    var near = kv == null || random.nextInt(4) == 0 ? KeyValue.getDefaultInstance() : kv;
    switch (compare.getTarget()) {
      case VERSION -> compare.setVersion(near.getVersion());
      case CREATE -> compare.setCreateRevision(near.getCreateRevision());
      case MOD -> compare.setModRevision(near.getModRevision());
      case LEASE -> compare.setLease(near.getLease());
      default -> compare.setValue(near.getValue());
    }
    return compare.build();
  }

  private boolean holds(Compare compare) {
    var kv = model.get(compare.getKey());
    if (kv == null && compare.getTarget() == Compare.CompareTarget.VALUE) {
      return false;
    }
    var actual = kv == null ? KeyValue.getDefaultInstance() : kv;
    int order =
        switch (compare.getTarget()) {
          case VERSION -> Long.compare(actual.getVersion(), compare.getVersion());
          case CREATE -> Long.compare(actual.getCreateRevision(), compare.getCreateRevision());
          case MOD -> Long.compare(actual.getModRevision(), compare.getModRevision());
          case LEASE -> Long.compare(actual.getLease(), compare.getLease());
          default ->
              ByteString.unsignedLexicographicalComparator()
                  .compare(actual.getValue(), compare.getValue());
        };
    return switch (compare.getResult()) {
      case EQUAL -> order == 0;
      case GREATER -> order > 0;
      case LESS -> order < 0;
      default -> order != 0;
    };
  }

  private RequestOp putOp(ByteString key) {
    return RequestOp.newBuilder()
        .setRequestPut(PutRequest.newBuilder().setKey(key).setValue(value()))
        .build();
  }

  private RangeResponse inPieces(RangeRequest request) throws IOException {
    var whole = RangeResponse.newBuilder();
    var pieces = rig.machine.pieces(request, 1 + random.nextInt(200));
    while (pieces.hasNext()) {
      try (var piece = pieces.next()) {
        whole.mergeFrom(piece.response());
      }
    }
    return whole.build();
  }

  private static RequestOp rangeOp() {
    return RequestOp.newBuilder()
        .setRequestRange(
            RangeRequest.newBuilder()
                .setKey(ByteString.copyFrom(new byte[1]))
                .setRangeEnd(ByteString.copyFrom(new byte[1])))
        .build();
  }

  private void grant() throws IOException {
    long id = 1 + random.nextInt(5);
    var command =
        Command.newBuilder()
            .setLeaseGrant(LeaseGrantRequest.newBuilder().setID(id).setTTL(10))
            .build();
    if (leases.add(id)) {
      rig.done(command);
    } else {
      refused(StoreError.LEASE_EXISTS, command);
    }
  }

  private void revoke() throws IOException {
    long id = 1 + random.nextInt(5);
    var command =
        Command.newBuilder().setLeaseRevoke(LeaseRevokeRequest.newBuilder().setID(id)).build();
    if (leases.remove(id)) {
      rig.done(command);
      var step = model.begin();
      step.delete(kv -> kv.getLease() == id);
      step.commit();
    } else {
      refused(StoreError.LEASE_NOT_FOUND, command);
    }
  }

  private void compact() throws IOException {
    long revision = someRevision();
    var command =
        Command.newBuilder()
            .setCompact(CompactionRequest.newBuilder().setRevision(revision))
            .build();
    long compacted = rig.machine.compacted();
    if (revision <= compacted) {
      refused(StoreError.COMPACTED, command);
    } else if (revision > model.revision()) {
      refused(StoreError.FUTURE_REVISION, command);
    } else {
      rig.done(command);
      assertThat(rig.machine.compacted()).isEqualTo(revision);
    }
  }

  private void range(long revision) throws IOException {
    var request =
        RangeRequest.newBuilder()
            .setKey(key())
            .setRevision(revision)
            .setLimit(random.nextInt(4))
            .setSortOrderValue(random.nextInt(3))
            .setSortTargetValue(random.nextInt(5))
            .setKeysOnly(random.nextBoolean())
            .setCountOnly(random.nextInt(5) == 0);
    if (random.nextInt(4) > 0) {
      request.setRangeEnd(random.nextBoolean() ? key() : ByteString.copyFrom(new byte[1]));
    }
    if (random.nextInt(4) == 0) {
      request.setMinModRevision(random.nextInt(20)).setMaxCreateRevision(random.nextInt(30));
    }
    if (revision > model.revision()) {
      throwsError(StoreError.FUTURE_REVISION, request.build());
    } else if (revision < rig.machine.compacted()) {
      throwsError(StoreError.COMPACTED, request.build());
    } else {
      var wanted = request.build();
      ModelRange.assertSame(rig.machine.range(wanted), wanted, model);
      if (!Ranges.isSorted(wanted) && !Ranges.isFiltered(wanted)) {
        var unsorted = wanted.toBuilder().clearSortTarget().build();
        ModelRange.assertSame(inPieces(unsorted), unsorted, model);
      }
    }
  }

  private void everyRevisionReads() throws IOException {
    var all =
        RangeRequest.newBuilder()
            .setKey(ByteString.copyFrom(new byte[1]))
            .setRangeEnd(ByteString.copyFrom(new byte[1]));
    for (long r = Math.max(1, rig.machine.compacted()); r <= model.revision(); r++) {
      assertThat(rig.machine.range(all.setRevision(r).build()).getKvsList())
          .as("revision %s", r)
          .isEqualTo(List.copyOf(model.at(r).values()));
    }
  }

  private void everyRevisionIsWatched() throws IOException {
    var everything = new KeyRange(new byte[0], null);
    long from = Math.max(2, rig.machine.compacted());
    while (from <= model.revision()) {
      var changes = rig.machine.history().changes(everything, from, model.revision(), false);
      assertThat(changes).isNotEmpty();
      for (var change : changes) {
        var events = new ArrayList<Event>();
        for (var event : change.events()) {
          events.add(event.event());
        }
        var expected = new ArrayList<Event>();
        for (var event : model.events(change.revision())) {
          expected.add(event.toBuilder().clearPrevKv().build());
        }
        assertThat(events).containsExactlyInAnyOrderElementsOf(expected);
        from = change.revision() + 1;
      }
    }
    assertThat(from).isEqualTo(model.revision() + 1);
  }

  private void leasesAgree() {
    var actual = new HashSet<Long>();
    for (var lease : rig.machine.leases().all()) {
      actual.add(lease.id());
      var keys = new ArrayList<ByteString>();
      for (var kv : model.at(model.revision()).values()) {
        if (kv.getLease() == lease.id()) {
          keys.add(kv.getKey());
        }
      }
      assertThat(rig.machine.leases().keys(lease.id())).isEqualTo(keys);
    }
    assertThat(actual).isEqualTo(leases);
  }

  private void refused(StoreError error, Command command) throws IOException {
    assertThat(rig.apply(command)).containsExactly(new Outcome.Refused(error));
  }

  private void throwsError(StoreError error, RangeRequest request) {
    var thrown = Assertions.assertThrows(StoreException.class, () -> rig.machine.range(request));
    assertThat(thrown.error()).isEqualTo(error);
  }

  private long someRevision() {
    return 1 + random.nextLong(model.revision() + 2);
  }

  private long someLease() {
    return random.nextInt(3) == 0 ? 1 + random.nextInt(5) : 0;
  }

  private ByteString key() {
    return ByteString.copyFromUtf8("k" + random.nextInt(12));
  }

  private ByteString value() {
    byte[] bytes = new byte[random.nextInt(4) == 0 ? random.nextInt(600) : random.nextInt(20)];
    random.nextBytes(bytes);
    return ByteString.copyFrom(bytes);
  }
}
