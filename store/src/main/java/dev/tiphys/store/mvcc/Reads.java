package dev.tiphys.store.mvcc;

import dev.tiphys.store.disk.RevisionLog;
import dev.tiphys.store.rpc.RangeRequest;
import dev.tiphys.store.rpc.RangeResponse;
import dev.tiphys.store.rpc.ResponseHeader;
import java.io.IOException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Answers ranges while others write, compact and rewrite. Thread-safe. */
final class Reads {
  private static final int MAX_MOVES = 100;

  private final Supplier<Opened> state;
  private final LongSupplier revision;

  /** Reads something, and may be asked again. */
  @FunctionalInterface
  interface Reading<T> {
    T read() throws IOException;
  }

  /** Takes the state and the newest revision, as they are when asked for. */
  Reads(Supplier<Opened> state, LongSupplier revision) {
    this.state = state;
    this.revision = revision;
  }

  /** Answers as of now. */
  RangeAnswer answer(RangeRequest request) throws IOException {
    long asked = request.getRevision();
    return untilStill(() -> {
      while (true) {
        long newest = revision.getAsLong();
        long at = asked > 0 ? asked : newest;
        Transactions.revision(asked, newest, compacted());
        var answer =
            Ranges.isPlain(request)
                ? plain(request, at, newest)
                : new RangeAnswer(newest, state.get().ranges.at(request, at));
        // What is compacted meanwhile may be missing.
        if (at >= compacted()) {
          return answer;
        }
        answer.close();
        Transactions.revision(asked, newest, compacted());
      }
    });
  }

  /** Reads again as long as what was found in the index has moved before it was read. */
  static <T> T untilStill(Reading<T> reading) throws IOException {
    for (int tries = 0; ; tries++) {
      try {
        return reading.read();
      } catch (RevisionLog.MovedException e) {
        // The index learns the new place before the old one goes, so the next look finds it.
        if (tries >= MAX_MOVES) {
          throw e;
        }
      }
    }
  }

  private RangeAnswer plain(RangeRequest request, long at, long newest) throws IOException {
    var now = state.get();
    var located = new Located();
    var rest = now.ranges.locate(request, at, located);
    return new RangeAnswer(newest, rest, located.read(now.log));
  }

  /** Answers a range of a transaction that reads what was the newest revision when it began. */
  RangeResponse within(RangeRequest request, long newest) throws IOException {
    long asked = request.getRevision();
    Transactions.revision(asked, newest, compacted());
    var response = state.get().ranges.at(request, asked > 0 ? asked : newest);
    if (asked > 0) {
      Transactions.revision(asked, newest, compacted());
    }
    return response.toBuilder().setHeader(ResponseHeader.newBuilder().setRevision(newest)).build();
  }

  private long compacted() {
    return state.get().system.compacted();
  }
}
