package dev.tiphys.store.mvcc;

import dev.tiphys.store.disk.FrameBatch;
import dev.tiphys.store.rpc.KeyValue;
import dev.tiphys.store.rpc.RangeRequest;
import dev.tiphys.store.rpc.RangeResponse;
import java.io.IOException;
import java.util.function.Supplier;

/**
 * The answer to a range in pieces, all as of the same revision, in the order of keys: however much
 * it is, no more than a piece is in memory. Each key is looked at once. Only the last piece tells
 * how many keys there are, and whether a limit left some out. For one thread.
 */
public final class RangePieces {
  private final Supplier<Opened> state;
  private final RangeRequest request;
  private final long newest;
  private final long revision;
  private final long limit;
  private final int pieceBytes;

  private KeyRange rest;
  private long given;
  private boolean ended;

  /**
   * Begins.
   *
   * @param newest the newest revision
   * @param pieceBytes a piece ends with the record that makes it as long as this; at least 1
   * @throws StoreException when the revision asked for is not there
   */
  RangePieces(Supplier<Opened> state, long newest, RangeRequest request, int pieceBytes) {
    if (pieceBytes < 1) {
      throw new IllegalArgumentException("a piece must hold something");
    }
    this.state = state;
    this.request = request;
    this.newest = newest;
    this.revision = request.getRevision() > 0 ? request.getRevision() : newest;
    this.limit =
        request.getCountOnly() ? 0 : request.getLimit() > 0 ? request.getLimit() : Long.MAX_VALUE;
    this.pieceBytes = pieceBytes;
    this.rest = KeyRange.of(request.getKey(), request.getRangeEnd());
    Transactions.revision(request.getRevision(), newest, state.get().system.compacted());
  }

  /** True until the last piece was given. There is at least one. */
  public boolean hasNext() {
    return !ended;
  }

  /**
   * The next piece, to be closed when it is not needed any more.
   *
   * @throws StoreException when its revision was compacted meanwhile
   */
  public RangeAnswer next() throws IOException {
    return Reads.untilStill(() -> piece(state.get()));
  }

  private RangeAnswer piece(Opened now) throws IOException {
    var located = new Located();
    byte[] left = now.ranges.locate(rest, revision, limit - given, pieceBytes, located);
    long sent = given + located.count();
    boolean last = left == null || sent == limit;
    var after = left == null ? KeyRange.NONE : new KeyRange(left, rest.to());
    var end = RangeResponse.newBuilder();
    if (last) {
      end.setCount(sent + now.ranges.count(after, revision))
          .setMore(left != null && !request.getCountOnly());
    }
    var answer = answer(end, located.read(now.log));
    if (revision < now.system.compacted()) { // so something may be missing
      answer.close();
      throw StoreError.COMPACTED.exception();
    }
    given = sent;
    rest = after;
    ended = last;
    return answer;
  }

  private RangeAnswer answer(RangeResponse.Builder end, FrameBatch records) throws IOException {
    if (!request.getKeysOnly()) {
      return new RangeAnswer(newest, end.build(), records);
    }
    try (records) {
      for (int i = 0; i < records.count(); i++) {
        byte[] payload = new byte[records.payloadLength(i)];
        records.copy(i, 0, payload, 0, payload.length);
        end.addKvs(Ranges.withoutValue(KeyValue.parseFrom(payload)));
      }
      return new RangeAnswer(newest, end.build());
    }
  }
}
