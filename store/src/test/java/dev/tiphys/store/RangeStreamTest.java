package dev.tiphys.store;

import static com.google.protobuf.ByteString.copyFromUtf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import com.google.protobuf.ByteString;
import dev.tiphys.store.rpc.CompactionRequest;
import dev.tiphys.store.rpc.KVGrpc;
import dev.tiphys.store.rpc.PutRequest;
import dev.tiphys.store.rpc.RangeRequest;
import dev.tiphys.store.rpc.RangeRequest.SortOrder;
import dev.tiphys.store.rpc.RangeRequest.SortTarget;
import dev.tiphys.store.rpc.RangeResponse;
import dev.tiphys.store.rpc.RangeStreamResponse;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** RangeStream gives what Range gives, in pieces, and refuses what it cannot give in order. */
class RangeStreamTest {
  private static final int KEYS = 300;
  private static final int VALUE_BYTES = 10_000;

  @TempDir private Path directory = Path.of("");
  private TestStore store;
  private KVGrpc.KVBlockingStub keys;

  @BeforeEach
  void fill() throws Exception {
    store = new TestStore(directory);
    keys = KVGrpc.newBlockingStub(store.channel());
    for (int i = 0; i < KEYS; i++) {
      put("k%03d".formatted(i), Integer.toString(i).repeat(VALUE_BYTES / 3));
    }
  }

  @AfterEach
  void close() throws Exception {
    store.close();
  }

  /** Ways to ask. */
  enum Asked {
    ALL(all()),
    ASCENDING(all().setSortOrder(SortOrder.ASCEND)),
    SERIALIZABLE(all().setSerializable(true)),
    OF_THE_PAST(all().setRevision(100)),
    WITH_A_LIMIT(all().setLimit(123)),
    WITH_A_LIMIT_NOT_REACHED(all().setLimit(1000)),
    KEYS_ONLY(all().setKeysOnly(true)),
    COUNT_ONLY(all().setCountOnly(true)),
    ONE_KEY(RangeRequest.newBuilder().setKey(copyFromUtf8("k007"))),
    NO_KEY(RangeRequest.newBuilder().setKey(copyFromUtf8("none")));

    private final RangeRequest request;

    Asked(RangeRequest.Builder request) {
      this.request = request.build();
    }
  }

  @ParameterizedTest
  @EnumSource
  void thePiecesTogetherAreWhatRangeAnswers(Asked asked) {
    var pieces = ImmutableList.copyOf(keys.rangeStream(asked.request));
    assertThat(merged(pieces)).isEqualTo(keys.range(asked.request));
    for (var piece : pieces.subList(0, pieces.size() - 1)) {
      assertThat(piece.getRangeResponse().hasHeader()).isFalse();
      assertThat(piece.getRangeResponse().getCount()).isZero();
      assertThat(piece.getSerializedSize()).isLessThan(300_000);
    }
  }

  @Test
  void manyKeysComeInManyPieces() {
    assertThat(ImmutableList.copyOf(keys.rangeStream(Asked.ALL.request)).size()).isGreaterThan(5);
  }

  @Test
  void whatIsWrittenMeanwhileIsNotInIt() {
    var before = keys.range(Asked.ALL.request);
    var stream = keys.rangeStream(Asked.ALL.request);
    var first = stream.next();
    for (int i = 0; i < KEYS; i += 3) {
      put("k%03d".formatted(i), "new");
      put("k%03d-new".formatted(i), "new");
    }
    assertThat(
            merged(ImmutableList.<RangeStreamResponse>builder().add(first).addAll(stream).build()))
        .isEqualTo(before);
  }

  @Test
  void aCompactionThatOvertakesItEndsIt() {
    fillMore();
    var stream = keys.rangeStream(Asked.ALL.request);
    stream.next();
    long newest = put("k000", "new");
    keys.compact(CompactionRequest.newBuilder().setRevision(newest).setPhysical(true).build());
    refused(
        stream, Status.Code.OUT_OF_RANGE, "etcdserver: mvcc: required revision has been compacted");
  }

  @Test
  void whatItCannotGiveIsRefused() {
    refused(
        RangeRequest.newBuilder(), Status.Code.INVALID_ARGUMENT, "etcdserver: key is not provided");
    refused(
        all().setRevision(1_000_000),
        Status.Code.OUT_OF_RANGE,
        "etcdserver: mvcc: required revision is a future revision");
    var sorted = "RangeStream does not support custom sort orders";
    refused(all().setSortOrder(SortOrder.DESCEND), Status.Code.UNIMPLEMENTED, sorted);
    refused(
        all().setSortOrder(SortOrder.ASCEND).setSortTarget(SortTarget.MOD).setMinModRevision(1),
        Status.Code.UNIMPLEMENTED,
        sorted);
    var filtered = "RangeStream does not support revision filters";
    refused(all().setMaxCreateRevision(9), Status.Code.UNIMPLEMENTED, filtered);
  }

  /** More than is under way to a client that does not read. */
  private void fillMore() {
    for (int i = 0; i < 2 * KEYS; i++) {
      put("l%03d".formatted(i), "v".repeat(5 * VALUE_BYTES));
    }
  }

  private static RangeRequest.Builder all() {
    return RangeRequest.newBuilder()
        .setKey(copyFromUtf8("k"))
        .setRangeEnd(ByteString.copyFrom(new byte[1]));
  }

  private long put(String key, String value) {
    return keys.put(
            PutRequest.newBuilder().setKey(copyFromUtf8(key)).setValue(copyFromUtf8(value)).build())
        .getHeader()
        .getRevision();
  }

  private static RangeResponse merged(List<RangeStreamResponse> pieces) {
    var whole = RangeStreamResponse.newBuilder();
    pieces.forEach(whole::mergeFrom);
    return whole.getRangeResponse();
  }

  private void refused(RangeRequest.Builder request, Status.Code code, String text) {
    refused(keys.rangeStream(request.build()), code, text);
  }

  private static void refused(Iterator<RangeStreamResponse> stream, Status.Code code, String text) {
    assertThatThrownBy(() -> stream.forEachRemaining(_ -> {}))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> {
              assertThat(e.getStatus().getCode()).isEqualTo(code);
              assertThat(e.getStatus().getDescription()).isEqualTo(text);
            });
  }
}
