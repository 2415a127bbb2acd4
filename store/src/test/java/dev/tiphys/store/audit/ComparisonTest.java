package dev.tiphys.store.audit;

import static com.google.protobuf.ByteString.copyFromUtf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.store.disk.DirectoryDisk;
import dev.tiphys.store.disk.RevisionLog;
import dev.tiphys.store.mvcc.Machine;
import dev.tiphys.store.mvcc.StateHash;
import dev.tiphys.store.peer.SumAnswer;
import dev.tiphys.store.peer.SumQuestion;
import dev.tiphys.store.raft.CatchingUp;
import dev.tiphys.store.raft.Member;
import dev.tiphys.store.record.Batch;
import dev.tiphys.store.record.Command;
import dev.tiphys.store.rpc.CompactionRequest;
import dev.tiphys.store.rpc.PutRequest;
import io.grpc.Status;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the answers of two other members make of this one, number 1. */
class ComparisonTest {
  private static final UUID CLUSTER = new UUID(1, 2);
  private static final List<Member> THREE =
      List.of(
          new Member(1, "a", List.of("http://a:1")),
          new Member(2, "b", List.of("http://b:1")),
          new Member(3, "c", List.of("http://c:1")));

  private final Path directory;
  private final Machine machine;
  private final Machine other;
  private long entries;
  private static final long SECOND = 1_000_000_000;

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  ComparisonTest(@TempDir Path directory) throws IOException {
    this.directory = directory;
    machine = open("mine");
    other = open("other");
  }

  @BeforeEach
  void write() throws IOException {
    for (int i = 0; i < 10; i++) {
      both(put("k" + i % 3, "v" + i));
    }
  }

  @AfterEach
  void close() throws IOException {
    machine.close();
    other.close();
    threads.shutdownNow();
  }

  @Test
  void membersThatHoldTheSameAgree() throws Exception {
    var verdict = compare((_, question) -> honest(question));
    assertThat(verdict.isAgreed()).isTrue();
    assertThat(verdict.isOfAll()).isTrue();
  }

  @Test
  void whoHasGoneOnMeanwhileAgrees() throws Exception {
    other.apply(1, entries, batch(put("k1", "later")));
    assertThat(compare((_, question) -> honest(question)).isOfAll()).isTrue();
    assertThat(compare((_, question) -> honest(question)).isAgreed()).isTrue();
  }

  @Test
  void whoHoldsSomethingElseIsSuspected() throws Exception {
    var verdict =
        compare((url, question) -> {
          var answer = honest(question);
          return url.contains("b")
              ? answer.toBuilder().setChecksum(answer.getChecksum() + 1).build()
              : answer;
        });
    assertThat(verdict.suspects()).containsExactly(2L);
  }

  /** The same entry was applied there, but no such revision came of it. */
  @Test
  void whoLacksRevisionsIsSuspected() throws Exception {
    var verdict =
        compare((url, question) ->
            url.contains("c")
                ? SumAnswer.newBuilder()
                    .setRevision(question.getRevision() - 1)
                    .setCompacted(question.getCompacted())
                    .setIndex(question.getIndex())
                    .setNewest(question.getRevision() - 1)
                    .build()
                : honest(question));
    assertThat(verdict.suspects()).containsExactly(3L);
  }

  /** Up to the revision in question all is the same; but there are more, of the same entries. */
  @Test
  void whoHasRevisionsOfNoEntryIsSuspected() throws Exception {
    var verdict =
        compare((url, question) -> {
          var answer = honest(question);
          return url.contains("c")
              ? answer.toBuilder().setNewest(answer.getNewest() + 1).build()
              : answer;
        });
    assertThat(verdict.suspects()).containsExactly(3L);
  }

  /** Of one that is further on, this one cannot say whether it has too many. */
  @Test
  void whoHasRevisionsOfEntriesThatAreUnknownHereIsNot() throws Exception {
    var verdict =
        compare((_, question) -> {
          var answer = honest(question);
          return answer.toBuilder()
              .setNewest(answer.getNewest() + 5)
              .setIndex(answer.getIndex() + 5)
              .build();
        });
    assertThat(verdict.isAgreed()).isTrue();
  }

  @Test
  void aCompactionThatIsNotDoneHereYetIsAllowedFor() throws Exception {
    other.apply(1, entries, batch(compaction(8)));
    other.dropCompacted();
    var verdict = compare((_, question) -> honest(question));
    assertThat(verdict.isAgreed()).isTrue();
    assertThat(verdict.isOfAll()).isTrue();
  }

  @Test
  void aCompactionThatIsNotDoneThereYetIsAllowedFor() throws Exception {
    machine.apply(1, entries, batch(compaction(8)));
    machine.dropCompacted();
    // That one has the entry, but has not carried it out.
    var verdict = compare((_, question) -> honest(question.toBuilder().setIndex(0).build()));
    assertThat(verdict.isAgreed()).isTrue();
    assertThat(verdict.isOfAll()).isTrue();
  }

  @Test
  void whoDoesNotAnswerIsLeftOut() throws Exception {
    var verdict =
        compare((url, question) -> {
          if (url.contains("b")) {
            throw Status.UNIMPLEMENTED.asRuntimeException();
          }
          return honest(question);
        });
    assertThat(verdict.isAgreed()).isTrue();
    assertThat(verdict.isOfAll()).isFalse();
  }

  /** As a process does that is stopped, or a machine that is gone. */
  @Test
  void whoKeepsSilentIsLeftOutAfterAWhile() throws Exception {
    var answered = new AtomicBoolean();
    var nanos = new AtomicLong();
    LongSupplier ticker = () -> answered.get() ? nanos.addAndGet(SECOND) : nanos.get();
    var verdict =
        compare(
            (url, question) -> {
              if (url.contains("b")) {
                silence();
              }
              var answer = honest(question);
              answered.set(true);
              return answer;
            },
            ticker);
    assertThat(verdict.isAgreed()).isTrue();
    assertThat(verdict.compared()).isEqualTo(2);
  }

  @Test
  void itEndsWhenItIsNotWantedAnyMore() {
    var comparison =
        new Comparison(
            CLUSTER,
            1,
            new CatchingUp(machine, System::nanoTime, Thread::sleep),
            (_, _) -> {
              silence();
              throw Status.CANCELLED.asRuntimeException();
            },
            threads,
            Duration.ZERO);
    assertThatThrownBy(() -> comparison.compare(THREE, 0, () -> true))
        .isInstanceOf(CancellationException.class);
  }

  private static void silence() {
    try {
      new CountDownLatch(1).await(); // until it is interrupted
    } catch (InterruptedException e) {
      throw Status.CANCELLED.asRuntimeException();
    }
  }

  private Verdict compare(Comparison.Asking asking) throws Exception {
    return compare(asking, System::nanoTime);
  }

  private Verdict compare(Comparison.Asking asking, LongSupplier ticker) throws Exception {
    var here = new CatchingUp(machine, ticker, Thread::sleep);
    return new Comparison(CLUSTER, 1, here, asking, threads, Duration.ZERO)
        .compare(THREE, 0, () -> false);
  }

  /** What a member says that has what {@code other} has. */
  private SumAnswer honest(SumQuestion question) {
    try {
      var here = other.position();
      var sum =
          other.hash(
              StateHash.Wanted.between(
                  question.getRevision(), question.getCompacted(), () -> false));
      return SumAnswer.newBuilder()
          .setRevision(sum.revision())
          .setChecksum(sum.value())
          .setCompacted(sum.compacted())
          .setIndex(here.applied().index())
          .setNewest(here.revision())
          .build();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void both(Command command) throws IOException {
    machine.apply(1, entries, batch(command));
    other.apply(1, entries, batch(command));
    entries++;
  }

  private static Batch batch(Command command) {
    return Batch.newBuilder().addCommands(command).build();
  }

  private static Command put(String key, String value) {
    return Command.newBuilder()
        .setPut(PutRequest.newBuilder().setKey(copyFromUtf8(key)).setValue(copyFromUtf8(value)))
        .build();
  }

  private static Command compaction(long revision) {
    return Command.newBuilder()
        .setCompact(CompactionRequest.newBuilder().setRevision(revision))
        .build();
  }

  private Machine open(String name) throws IOException {
    return new Machine(new DirectoryDisk(directory.resolve(name)), RevisionLog.Limits.DEFAULT);
  }
}
