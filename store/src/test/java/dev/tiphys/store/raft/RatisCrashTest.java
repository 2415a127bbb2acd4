package dev.tiphys.store.raft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.store.crash.Event;
import dev.tiphys.store.crash.RecordedDisk;
import dev.tiphys.store.crash.RecordedDisk.Survival;
import dev.tiphys.store.crash.RecordedProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto.AppendResult;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A power cut at any write, sync or change of a name that Ratis or the store makes: the member
 * starts, has what it said it has, and keeps to its vote. {@code -Dcrash.rounds=N} and {@code
 * -Dcrash.images=M} try N scripts, and M power cuts in each.
 */
class RatisCrashTest {
  private static final int STEPS = 40;
  private static final int ROUNDS = Integer.getInteger("crash.rounds", 1);
  private static final int IMAGES = Integer.getInteger("crash.images", 120);
  private static final long NEXT_TERM = 1000;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** To open and close a member is to wait, mostly. */
  private static final int AT_ONCE = 12;

  /** Names come back in the order of the file system's journal, as ext4, XFS and Btrfs have it. */
  private static final List<Survival> SURVIVALS =
      List.of(Survival.ALL, Survival.NOTHING, Survival.SOME, Survival.SOME);

  @TempDir private Path directory = Path.of("");

  @Test
  void aMemberKeepsItsWordThroughEveryPowerCut() throws Exception {
    for (int round = 1; round <= ROUNDS; round++) {
      assertThat(broken(round, true, IMAGES)).isEmpty();
    }
  }

  /** Or the other test would show nothing. */
  @Test
  void aMemberThatDoesNotSyncBreaksIt() throws Exception {
    assertThat(broken(1, false, 40)).isNotEmpty();
  }

  /** What came of power cuts after which the member was not as it should be. */
  private List<String> broken(int seed, boolean synced, int images) throws Exception {
    var events =
        RecordedProcess.run(
            Files.createDirectory(directory.resolve("recorded-" + seed)),
            ScriptedLeader.class,
            Integer.toString(seed),
            Integer.toString(STEPS),
            Boolean.toString(synced));
    var random = new Random(seed);
    var disk = new RecordedDisk();
    var promises = new Promises();
    var broken = new ConcurrentLinkedQueue<String>();
    var permits = new Semaphore(AT_ONCE);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int n = 0; n < events.size(); n++) {
        disk.add(events.get(n));
        if (events.get(n) instanceof Event.Mark(var text)) {
          promises.note(text);
        } else if (random.nextInt(events.size()) < images) {
          var survival = SURVIVALS.get(random.nextInt(SURVIVALS.size()));
          var image = Files.createDirectory(directory.resolve(seed + "-" + n));
          disk.writeAfter(survival, random, image);
          var now = promises.copy();
          var name = "seed " + seed + ", power cut after event " + n + ", " + survival + ": ";
          permits.acquire();
          threads.execute(() -> {
            try {
              open(image, now);
            } catch (Exception | AssertionError e) {
              broken.add(name + e);
            } finally {
              permits.release();
            }
          });
        }
      }
    }
    return List.copyOf(broken);
  }

  private void open(Path image, Promises promises) throws Exception {
    var cluster = new UUID(1, image.hashCode());
    var group = image.resolve("raft").resolve(OneOfThree.CLUSTER.toString());
    if (Files.exists(group)) {
      Files.move(group, group.resolveSibling(cluster.toString()));
    }
    try (var member = new OneOfThree(image, cluster, true)) {
      var machine = member.machine();
      long applied = machine.applied().index();
      assertThat(applied).isLessThanOrEqualTo(promises.committed());
      assertThat(member.contents()).isEqualTo(promises.state(applied));
      mustHave(member, promises);
      mustKeepVote(member, promises);
      mustGoOn(member, promises);
      assertThat(member.failures()).isEmpty();
    }
  }

  private static void mustHave(OneOfThree member, Promises promises) throws IOException {
    var damages = new ArrayList<String>();
    var found = new TreeMap<>(member.log(damages));
    assertThat(damages).isEmpty();
    if (!found.isEmpty()) {
      assertThat(found).hasSize((int) (found.lastKey() - found.firstKey() + 1));
    }
    found.forEach((index, entry) -> {
      var sent = promises.sentAt(index).get(entry.getTerm());
      assertThat(text(entry)).isEqualTo(sent == null ? "nothing" : sent.key() + " " + sent.value());
    });
    for (long index = member.machine().durable().index() + 1; index <= promises.has(); index++) {
      var entry = found.get(index);
      assertThat(entry == null ? 0 : entry.getTerm())
          .as("term of entry %s", index)
          .isEqualTo(promises.log().get((int) index).term());
    }
  }

  private static String text(LogEntryProto entry) {
    if (!entry.hasStateMachineLogEntry()) {
      return " -";
    }
    try {
      var data = entry.getStateMachineLogEntry().getLogData().asReadOnlyByteBuffer();
      var put = Entries.whole(data).getCommands(0).getPut();
      return put.getKey().toStringUtf8() + " " + put.getValue().toStringUtf8();
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static void mustKeepVote(OneOfThree member, Promises promises) throws IOException {
    for (var vote : promises.votes().entrySet()) {
      long other = vote.getValue() == 2 ? 3 : 2;
      var reply = member.vote(vote.getKey(), other, 1_000_000, 1_000_000);
      assertThat(reply.getServerReply().getSuccess())
          .as("another vote in term %s", vote.getKey())
          .isFalse();
      assertThat(reply.getTerm()).isGreaterThanOrEqualTo(vote.getKey());
    }
  }

  /** The next leader has what was promised and nothing else that was sent; then comes more. */
  private static void mustGoOn(OneOfThree member, Promises promises) throws Exception {
    var log = new ArrayList<LogEntryProto>();
    for (var sent : promises.log().subList(0, (int) promises.has() + 1)) {
      log.add(ScriptedLeader.entry(sent));
    }
    var expected = new TreeMap<>(promises.state(promises.has()));
    expected.put("after", "after");
    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < 20; i++) {
        var next = new Promises.Sent(NEXT_TERM, log.size(), "after", "after");
        log.add(ScriptedLeader.entry(next));
      }
      replicate(member, log);
      await(() -> member.machine().applied().index() == log.size() - 1);
      assertThat(member.contents()).isEqualTo(expected);
      member.machine().checkpoint();
    }
    log.add(ScriptedLeader.entry(new Promises.Sent(NEXT_TERM, log.size(), "after", "after")));
    replicate(member, log);
    // The segments that it had can be removed now.
    await(() -> !member.failures().isEmpty() || member.firstIndex() > promises.has());
  }

  private static void replicate(OneOfThree member, List<LogEntryProto> log) throws Exception {
    for (int next = log.size(); ; ) {
      var previous = next == 0 ? LogEntryProto.getDefaultInstance() : log.get(next - 1);
      var entries = log.subList(next, log.size());
      var reply = member.append(NEXT_TERM, 2, previous, entries, log.size() - 1).get();
      if (reply.getResult() != AppendResult.SUCCESS) {
        assertThat(reply.getNextIndex()).isLessThan(next);
        next = (int) reply.getNextIndex();
      } else if (next < log.size()) {
        next = log.size();
      } else {
        return;
      }
    }
  }

  private static void await(Callable<Boolean> condition) {
    Awaitility.await()
        .dontCatchUncaughtExceptions()
        .pollInterval(Duration.ofMillis(5))
        .atMost(PATIENCE)
        .until(condition);
  }
}
