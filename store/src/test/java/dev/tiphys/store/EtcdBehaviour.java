package dev.tiphys.store;

import static com.google.protobuf.ByteString.copyFromUtf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.tiphys.store.rpc.CompactionRequest;
import dev.tiphys.store.rpc.Compare;
import dev.tiphys.store.rpc.DeleteRangeRequest;
import dev.tiphys.store.rpc.KVGrpc;
import dev.tiphys.store.rpc.KeyValue;
import dev.tiphys.store.rpc.LeaseGrantRequest;
import dev.tiphys.store.rpc.LeaseGrpc;
import dev.tiphys.store.rpc.LeaseLeasesRequest;
import dev.tiphys.store.rpc.LeaseRevokeRequest;
import dev.tiphys.store.rpc.LeaseTimeToLiveRequest;
import dev.tiphys.store.rpc.PutRequest;
import dev.tiphys.store.rpc.PutResponse;
import dev.tiphys.store.rpc.RangeRequest;
import dev.tiphys.store.rpc.RangeRequest.SortOrder;
import dev.tiphys.store.rpc.RangeRequest.SortTarget;
import dev.tiphys.store.rpc.RequestOp;
import dev.tiphys.store.rpc.TxnRequest;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * What an etcd does to keys, transactions and leases, seen on the wire. Runs against this store and
 * against a real etcd alike, so that a difference is a failing test. Every test keeps to keys of
 * its own.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class EtcdBehaviour {
  private KVGrpc.KVBlockingStub kv = KVGrpc.newBlockingStub(Unconnected.CHANNEL);
  private LeaseGrpc.LeaseBlockingStub leases = LeaseGrpc.newBlockingStub(Unconnected.CHANNEL);

  abstract ManagedChannel connect() throws Exception;

  abstract void disconnect() throws Exception;

  @BeforeAll
  void open() throws Exception {
    var channel = connect();
    kv = KVGrpc.newBlockingStub(channel).withWaitForReady();
    leases = LeaseGrpc.newBlockingStub(channel).withWaitForReady();
  }

  @AfterAll
  void close() throws Exception {
    disconnect();
  }

  @Test
  void aPutCountsVersionsAndKeepsTheRevisionOfCreation() {
    long first = put("count/a", "1").getHeader().getRevision();
    long second = put("count/a", "2").getHeader().getRevision();
    var found = get("count/a");
    assertThat(found.getCreateRevision()).isEqualTo(first);
    assertThat(found.getModRevision()).isEqualTo(second).isEqualTo(first + 1);
    assertThat(found.getVersion()).isEqualTo(2);
    assertThat(found.getValue()).isEqualTo(copyFromUtf8("2"));
  }

  @Test
  void aDeletedKeyBeginsAnew() {
    put("anew/a", "1");
    delete("anew/a");
    long revision = put("anew/a", "2").getHeader().getRevision();
    assertThat(get("anew/a").getVersion()).isEqualTo(1);
    assertThat(get("anew/a").getCreateRevision()).isEqualTo(revision);
  }

  @Test
  void aPutReturnsThePreviousPairOnRequest() {
    assertThat(kv.put(putOf("prev/a", "1").setPrevKv(true).build()).hasPrevKv()).isFalse();
    var response = kv.put(putOf("prev/a", "2").setPrevKv(true).build());
    assertThat(response.getPrevKv().getValue()).isEqualTo(copyFromUtf8("1"));
  }

  @Test
  void ignoreValueKeepsTheValue() {
    put("ignore/a", "kept");
    kv.put(PutRequest.newBuilder().setKey(key("ignore/a")).setIgnoreValue(true).build());
    assertThat(get("ignore/a").getValue()).isEqualTo(copyFromUtf8("kept"));
    assertThat(get("ignore/a").getVersion()).isEqualTo(2);
  }

  @Test
  void malformedPutsAreRefused() {
    refused(
        Status.Code.INVALID_ARGUMENT,
        "etcdserver: key is not provided",
        () -> kv.put(PutRequest.getDefaultInstance()));
    refused(
        Status.Code.INVALID_ARGUMENT,
        "etcdserver: value is provided",
        () -> kv.put(putOf("bad/a", "1").setIgnoreValue(true).build()));
    refused(
        Status.Code.INVALID_ARGUMENT,
        "etcdserver: lease is provided",
        () -> kv.put(putOf("bad/a", "1").setIgnoreLease(true).setLease(7).build()));
    refused(
        Status.Code.INVALID_ARGUMENT,
        "etcdserver: key not found",
        () -> kv.put(PutRequest.newBuilder().setKey(key("bad/a")).setIgnoreValue(true).build()));
    refused(
        Status.Code.NOT_FOUND,
        "etcdserver: requested lease not found",
        () -> kv.put(putOf("bad/a", "1").setLease(4711).build()));
    refused(
        Status.Code.INVALID_ARGUMENT,
        "etcdserver: request is too large",
        () -> kv.put(putOf("bad/a", "x".repeat(1_600_000)).build()));
  }

  @Test
  void aPrefixIsReadInOrderWithLimitMoreAndCount() {
    for (var name : List.of("c", "a", "d", "b")) {
      put("prefix/" + name, name);
    }
    var response = kv.range(prefix("prefix/").setLimit(3).build());
    assertThat(names(response.getKvsList())).containsExactly("prefix/a", "prefix/b", "prefix/c");
    assertThat(response.getMore()).isTrue();
    assertThat(response.getCount()).isEqualTo(4);
    var rest = kv.range(prefix("prefix/").setKey(key("prefix/c\0")).setLimit(3).build());
    assertThat(names(rest.getKvsList())).containsExactly("prefix/d");
    assertThat(rest.getMore()).isFalse();
  }

  @Test
  void keysOnlyAndCountOnlyLeaveOutTheRest() {
    put("only/a", "1");
    put("only/b", "2");
    var keys = kv.range(prefix("only/").setKeysOnly(true).build());
    assertThat(keys.getKvsList()).extracting(KeyValue::getValue).containsOnly(ByteString.EMPTY);
    assertThat(keys.getKvs(1).getModRevision()).isPositive();
    var count = kv.range(prefix("only/").setCountOnly(true).build());
    assertThat(count.getCount()).isEqualTo(2);
    assertThat(count.getKvsList()).isEmpty();
  }

  @Test
  void rangesSortByEveryTarget() {
    put("sort/a", "3");
    put("sort/b", "1");
    put("sort/c", "2");
    put("sort/a", "3");
    assertThat(sorted(SortTarget.KEY, SortOrder.DESCEND)).containsExactly("c", "b", "a");
    assertThat(sorted(SortTarget.VALUE, SortOrder.ASCEND)).containsExactly("b", "c", "a");
    assertThat(sorted(SortTarget.VALUE, SortOrder.NONE)).containsExactly("b", "c", "a");
    assertThat(sorted(SortTarget.MOD, SortOrder.DESCEND)).containsExactly("a", "c", "b");
    assertThat(sorted(SortTarget.CREATE, SortOrder.ASCEND)).containsExactly("a", "b", "c");
    assertThat(sorted(SortTarget.VERSION, SortOrder.DESCEND).getFirst()).isEqualTo("a");
  }

  @Test
  void revisionBoundsFilterButDoNotCount() {
    long first = put("bounds/a", "1").getHeader().getRevision();
    put("bounds/b", "1");
    var response = kv.range(prefix("bounds/").setMinModRevision(first + 1).build());
    assertThat(names(response.getKvsList())).containsExactly("bounds/b");
    assertThat(response.getCount()).isEqualTo(2);
    response = kv.range(prefix("bounds/").setMaxCreateRevision(first).build());
    assertThat(names(response.getKvsList())).containsExactly("bounds/a");
  }

  @Test
  void oldRevisionsCanBeRead() {
    long first = put("old/a", "1").getHeader().getRevision();
    put("old/a", "2");
    delete("old/a");
    assertThat(valueAt("old/a", first)).containsExactly("1");
    assertThat(valueAt("old/a", first + 1)).containsExactly("2");
    assertThat(valueAt("old/a", first + 2)).isEmpty();
    refused(
        Status.Code.OUT_OF_RANGE,
        "etcdserver: mvcc: required revision is a future revision",
        () -> valueAt("old/a", first + 1_000_000));
  }

  @Test
  void deletesCountAndReturnWhatWasThere() {
    put("delete/a", "1");
    put("delete/b", "2");
    var response =
        kv.deleteRange(
            DeleteRangeRequest.newBuilder()
                .setKey(key("delete/"))
                .setRangeEnd(key("delete0"))
                .setPrevKv(true)
                .build());
    assertThat(response.getDeleted()).isEqualTo(2);
    assertThat(names(response.getPrevKvsList())).containsExactly("delete/a", "delete/b");
    long revision = response.getHeader().getRevision();
    assertThat(delete("delete/a")).isEqualTo(revision);
  }

  @Test
  void aTransactionTakesTheBranchThatItsComparisonsChoose() {
    put("txn/a", "1");
    var txn =
        TxnRequest.newBuilder()
            .addCompare(compareValue("txn/a", "1"))
            .addSuccess(op(putOf("txn/a", "2")))
            .addSuccess(op(prefix("txn/")))
            .addFailure(op(putOf("txn/a", "wrong")));
    var response = kv.txn(txn.build());
    assertThat(response.getSucceeded()).isTrue();
    assertThat(response.getResponses(1).getResponseRange().getKvs(0).getValue())
        .isEqualTo(copyFromUtf8("2"));
    assertThat(response.getResponses(0).getResponsePut().getHeader().getRevision())
        .isEqualTo(response.getHeader().getRevision());
    assertThat(kv.txn(txn.build()).getSucceeded()).isFalse();
    assertThat(get("txn/a").getValue()).isEqualTo(copyFromUtf8("wrong"));
  }

  @Test
  void aTransactionIsOneRevision() {
    var response =
        kv.txn(
            TxnRequest.newBuilder()
                .addSuccess(op(putOf("one/a", "1")))
                .addSuccess(op(putOf("one/b", "2")))
                .build());
    long revision = response.getHeader().getRevision();
    assertThat(get("one/a").getModRevision()).isEqualTo(revision);
    assertThat(get("one/b").getModRevision()).isEqualTo(revision);
  }

  @Test
  void nestedTransactionsCompareTheStateBefore() {
    put("nested/a", "1");
    var inner =
        TxnRequest.newBuilder()
            .addCompare(compareValue("nested/a", "1"))
            .addSuccess(op(putOf("nested/b", "then")))
            .addFailure(op(putOf("nested/b", "else")));
    var response =
        kv.txn(
            TxnRequest.newBuilder()
                .addSuccess(op(putOf("nested/a", "2")))
                .addSuccess(RequestOp.newBuilder().setRequestTxn(inner))
                .build());
    assertThat(response.getResponses(1).getResponseTxn().getSucceeded()).isTrue();
    assertThat(get("nested/b").getValue()).isEqualTo(copyFromUtf8("then"));
  }

  @Test
  void comparisonsOfAbsentKeysSeeZeroesAndNoValue() {
    assertThat(holds(compare("absent/a", Compare.CompareTarget.VERSION).setVersion(0))).isTrue();
    assertThat(holds(compare("absent/a", Compare.CompareTarget.MOD).setModRevision(0))).isTrue();
    assertThat(holds(compare("absent/a", Compare.CompareTarget.CREATE).setCreateRevision(0)))
        .isTrue();
    assertThat(holds(compareValue("absent/a", "").toBuilder())).isFalse();
    assertThat(
            holds(
                compareValue("absent/a", "x").toBuilder()
                    .setResult(Compare.CompareResult.NOT_EQUAL)))
        .isFalse();
  }

  @Test
  void aComparisonOfARangeHoldsForEveryKey() {
    put("every/a", "1");
    put("every/b", "1");
    var compare = compareValue("every/", "1").toBuilder().setRangeEnd(key("every0"));
    assertThat(holds(compare)).isTrue();
    put("every/b", "2");
    assertThat(holds(compare)).isFalse();
  }

  @Test
  void malformedTransactionsAreRefused() {
    refused(
        Status.Code.INVALID_ARGUMENT,
        "etcdserver: duplicate key given in txn request",
        () ->
            kv.txn(
                TxnRequest.newBuilder()
                    .addSuccess(op(putOf("twice/a", "1")))
                    .addSuccess(op(putOf("twice/a", "2")))
                    .build()));
    refused(
        Status.Code.INVALID_ARGUMENT,
        "etcdserver: duplicate key given in txn request",
        () ->
            kv.txn(
                TxnRequest.newBuilder()
                    .addSuccess(op(putOf("twice/a", "1")))
                    .addSuccess(
                        RequestOp.newBuilder()
                            .setRequestDeleteRange(
                                DeleteRangeRequest.newBuilder()
                                    .setKey(key("twice/"))
                                    .setRangeEnd(key("twice0"))))
                    .build()));
    var many = TxnRequest.newBuilder();
    for (int i = 0; i < 129; i++) {
      many.addSuccess(op(putOf("many/" + i, "1")));
    }
    refused(
        Status.Code.INVALID_ARGUMENT,
        "etcdserver: too many operations in txn request",
        () -> kv.txn(many.build()));
    refused(
        Status.Code.OUT_OF_RANGE,
        "etcdserver: mvcc: required revision is a future revision",
        () ->
            kv.txn(
                TxnRequest.newBuilder()
                    .addSuccess(op(putOf("half/a", "1")))
                    .addSuccess(op(prefix("half/").setRevision(1L << 40)))
                    .build()));
    assertThat(kv.range(prefix("half/").build()).getKvsList()).isEmpty();
  }

  @Test
  void bothBranchesMayWriteTheSameKey() {
    var response =
        kv.txn(
            TxnRequest.newBuilder()
                .addSuccess(op(putOf("both/a", "1")))
                .addFailure(op(putOf("both/a", "2")))
                .build());
    assertThat(response.getSucceeded()).isTrue();
  }

  @Test
  void compactionForgetsWhatWasReplaced() {
    long first = put("compact/a", "1").getHeader().getRevision();
    long second = put("compact/a", "2").getHeader().getRevision();
    compact(second);
    assertThat(valueAt("compact/a", second)).containsExactly("2");
    refused(
        Status.Code.OUT_OF_RANGE,
        "etcdserver: mvcc: required revision has been compacted",
        () -> valueAt("compact/a", first));
    refused(
        Status.Code.OUT_OF_RANGE,
        "etcdserver: mvcc: required revision has been compacted",
        () -> compact(first));
    refused(
        Status.Code.OUT_OF_RANGE,
        "etcdserver: mvcc: required revision is a future revision",
        () -> compact(second + 1_000_000));
  }

  @Test
  void aLeaseTakesItsKeysWithIt() {
    long id = leases.leaseGrant(LeaseGrantRequest.newBuilder().setTTL(60).build()).getID();
    kv.put(putOf("lease/a", "1").setLease(id).build());
    kv.put(putOf("lease/b", "1").setLease(id).build());
    kv.put(putOf("lease/b", "2").build());
    var ttl =
        leases.leaseTimeToLive(LeaseTimeToLiveRequest.newBuilder().setID(id).setKeys(true).build());
    assertThat(ttl.getGrantedTTL()).isEqualTo(60);
    assertThat(ttl.getTTL()).isBetween(50L, 60L);
    assertThat(ttl.getKeysList()).containsExactly(key("lease/a"));
    assertThat(leases.leaseLeases(LeaseLeasesRequest.getDefaultInstance()).getLeasesList())
        .anyMatch(l -> l.getID() == id);
    leases.leaseRevoke(LeaseRevokeRequest.newBuilder().setID(id).build());
    assertThat(names(kv.range(prefix("lease/").build()).getKvsList())).containsExactly("lease/b");
  }

  @Test
  void leasesThatAreNotThereSaySo() {
    var ttl = leases.leaseTimeToLive(LeaseTimeToLiveRequest.newBuilder().setID(99).build());
    assertThat(ttl.getTTL()).isEqualTo(-1);
    assertThat(ttl.getID()).isEqualTo(99);
    refused(
        Status.Code.NOT_FOUND,
        "etcdserver: requested lease not found",
        () -> leases.leaseRevoke(LeaseRevokeRequest.newBuilder().setID(99).build()));
    leases.leaseGrant(LeaseGrantRequest.newBuilder().setID(98).setTTL(60).build());
    refused(
        Status.Code.FAILED_PRECONDITION,
        "etcdserver: lease already exists",
        () -> leases.leaseGrant(LeaseGrantRequest.newBuilder().setID(98).setTTL(60).build()));
    refused(
        Status.Code.OUT_OF_RANGE,
        "etcdserver: too large lease TTL",
        () -> leases.leaseGrant(LeaseGrantRequest.newBuilder().setTTL(1L << 40).build()));
  }

  @Test
  void aShortLeaseIsLengthenedToOutliveAnElection() {
    assertThat(leases.leaseGrant(LeaseGrantRequest.newBuilder().setTTL(1).build()).getTTL())
        .isEqualTo(2);
  }

  private PutResponse put(String key, String value) {
    return kv.put(putOf(key, value).build());
  }

  private long delete(String key) {
    return kv.deleteRange(DeleteRangeRequest.newBuilder().setKey(key(key)).build())
        .getHeader()
        .getRevision();
  }

  private KeyValue get(String key) {
    return kv.range(RangeRequest.newBuilder().setKey(key(key)).build()).getKvs(0);
  }

  private void compact(long revision) {
    kv.compact(CompactionRequest.newBuilder().setRevision(revision).build());
  }

  private List<String> valueAt(String key, long revision) {
    return kv
        .range(RangeRequest.newBuilder().setKey(key(key)).setRevision(revision).build())
        .getKvsList()
        .stream()
        .map(found -> found.getValue().toStringUtf8())
        .toList();
  }

  private List<String> sorted(SortTarget target, SortOrder order) {
    var request = prefix("sort/").setSortTarget(target).setSortOrder(order).build();
    return kv.range(request).getKvsList().stream()
        .map(found -> found.getKey().toStringUtf8().substring("sort/".length()))
        .toList();
  }

  private boolean holds(Compare.Builder compare) {
    return kv.txn(TxnRequest.newBuilder().addCompare(compare).build()).getSucceeded();
  }

  private static Compare.Builder compare(String key, Compare.CompareTarget target) {
    return Compare.newBuilder().setKey(key(key)).setTarget(target);
  }

  private static Compare compareValue(String key, String value) {
    return compare(key, Compare.CompareTarget.VALUE).setValue(copyFromUtf8(value)).build();
  }

  private static RequestOp op(PutRequest.Builder put) {
    return RequestOp.newBuilder().setRequestPut(put).build();
  }

  private static RequestOp op(RangeRequest.Builder range) {
    return RequestOp.newBuilder().setRequestRange(range).build();
  }

  private static PutRequest.Builder putOf(String key, String value) {
    return PutRequest.newBuilder().setKey(key(key)).setValue(copyFromUtf8(value));
  }

  /** Keys of a prefix that ends with a slash: all up to the character after it. */
  private static RangeRequest.Builder prefix(String prefix) {
    return RangeRequest.newBuilder()
        .setKey(key(prefix))
        .setRangeEnd(key(prefix.substring(0, prefix.length() - 1) + "0"));
  }

  private static ByteString key(String key) {
    return copyFromUtf8(key);
  }

  private static List<String> names(List<KeyValue> kvs) {
    return kvs.stream().map(found -> found.getKey().toStringUtf8()).toList();
  }

  private static void refused(Status.Code code, String text, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> {
              assertThat(e.getStatus().getDescription()).isEqualTo(text);
              assertThat(e.getStatus().getCode()).isEqualTo(code);
            });
  }
}
