package dev.tiphys.store.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.store.disk.CorruptLogException;
import dev.tiphys.store.disk.FlakyDisk;
import dev.tiphys.store.disk.RevisionLog;
import dev.tiphys.store.mvcc.Machine;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Of Ratis' open segment a torn end is cut, and nothing else. */
class RaftLogTailTest {
  private static final int FIRST = 41;
  private static final int BLOCK = 64;

  @Property(tries = 300)
  void blocksThatWereNotSyncedMayBeLostInAnyOrder(
      @ForAll long seed,
      @ForAll @IntRange(max = 400) int synced,
      @ForAll @IntRange(max = RaftSegment.UNSYNCED) int unsynced)
      throws IOException {
    var random = new Random(seed);
    var log = log(random, synced + unsynced);
    byte[] bytes = Arrays.copyOf(log.bytes(), log.bytes().length + 500);
    for (int at = log.end(synced); at < bytes.length; at += BLOCK) {
      int end = Math.min(bytes.length, at + BLOCK);
      switch (random.nextInt(3)) {
        case 0 -> Arrays.fill(bytes, at, end, (byte) 0);
        case 1 -> {
          byte[] other = new byte[end - at];
          random.nextBytes(other);
          System.arraycopy(other, 0, bytes, at, other.length);
        }
        default -> {} // it was written
      }
    }
    byte[] left = cut(log, bytes, FIRST + synced - 1);
    assertThat(left.length).isGreaterThanOrEqualTo(log.end(synced));
    var segment = new RaftSegment(name(log), ByteBuffer.wrap(left));
    while (segment.next()) {}
    assertThat(segment.index()).isGreaterThanOrEqualTo(FIRST + synced - 1);
    assertThat(segment.isAtEnd()).isTrue();
    assertThat(Arrays.mismatch(Arrays.copyOf(left, segment.end()), log.bytes()))
        .isIn(-1, segment.end());
  }

  @Property(tries = 300)
  void aFlippedBitBeforeMoreEntriesThanAreSyncedTogetherIsRefused(
      @ForAll long seed, @ForAll @IntRange(max = 300) int entry) throws IOException {
    var random = new Random(seed);
    var log = log(random, entry + 1 + RaftSegment.UNSYNCED + random.nextInt(50));
    byte[] bytes = flipped(log, entry, random);
    refused(log, bytes, -1, entry);
  }

  @Property(tries = 300)
  void aFlippedBitInWhatWasAppliedIsRefused(
      @ForAll long seed, @ForAll @IntRange(max = 100) int entry) throws IOException {
    var random = new Random(seed);
    var log = log(random, entry + 1 + random.nextInt(20));
    long applied = FIRST + entry + random.nextInt(log.entries() - entry);
    refused(log, flipped(log, entry, random), applied, entry);
  }

  @Property(tries = 300)
  void aFlippedBitThatMayBeATornEndIsCut(@ForAll long seed, @ForAll @IntRange(max = 300) int entry)
      throws IOException {
    var random = new Random(seed);
    var log = log(random, entry + 1 + random.nextInt(RaftSegment.UNSYNCED));
    byte[] left = cut(log, flipped(log, entry, random), FIRST + entry - 1);
    assertThat(left).isEqualTo(Arrays.copyOf(log.bytes(), log.end(entry)));
  }

  /** A file system that lost the end of a file shows zeros, as where nothing was written. */
  @Test
  void zerosWhereEntriesWereAppliedAreRefused() throws IOException {
    var log = log(new Random(1), 20);
    byte[] bytes = log.bytes();
    Arrays.fill(bytes, log.end(15), bytes.length, (byte) 0);
    refused(log, bytes, FIRST + 15, 15);
    assertThat(cut(log, bytes, FIRST + 14)).isEqualTo(bytes);
  }

  @Test
  void aTornHeaderOfANewSegmentIsCut() throws IOException {
    var log = log(new Random(1), 0);
    byte[] bytes = Arrays.copyOf(log.bytes(), 100);
    bytes[3] ^= 1;
    assertThat(cut(log, bytes, FIRST - 1)).isEmpty();
  }

  /** A process that was killed may have written what it never synced. */
  @Test
  void whatIsLeftIsSynced() throws IOException {
    var log = log(new Random(1), 20);
    for (int seed = 0; seed < 20; seed++) {
      var disk = new FlakyDisk(seed);
      disk.open(log.openName());
      disk.syncDirectory();
      try (var file = disk.open(log.openName())) {
        file.write(ByteBuffer.wrap(log.bytes()), 0);
      }
      RaftLogTail.cut(disk, machine(-1));
      disk.restart();
      assertThat(read(disk, log.openName())).isEqualTo(log.bytes());
    }
  }

  /** Ratis cuts a segment that entries are taken back of, and then changes its name. */
  @Test
  void aSegmentThatWasCutAndNotRenamedIsRenamed() throws IOException {
    var log = log(new Random(1), 20);
    var disk = new FlakyDisk(1);
    RaftLogBytes.write(disk, log.closedName(), Arrays.copyOf(log.bytes(), log.end(15)));
    RaftLogTail.cut(disk, machine(FIRST + 9));
    assertThat(disk.list()).containsExactly("log_" + FIRST + "-" + (FIRST + 14));
  }

  @Test
  void aSegmentThatHasLostWhatWasAppliedIsRefused() throws IOException {
    var log = log(new Random(1), 20);
    var disk = new FlakyDisk(1);
    RaftLogBytes.write(disk, log.closedName(), Arrays.copyOf(log.bytes(), log.end(15)));
    assertThatThrownBy(() -> RaftLogTail.cut(disk, machine(FIRST + 15)))
        .isInstanceOf(CorruptLogException.class)
        .hasMessageContaining("entries 56 to 56 are missing");
    assertThat(disk.list()).containsExactly(log.closedName());
  }

  /** The state came from the leader; then the power went, before the log had begun behind it. */
  @Test
  void aLogThatEndsBeforeTheDurableStateIsRemoved() throws IOException {
    var log = log(new Random(1), 20);
    for (int entries : new int[] {0, 15}) {
      var disk = new FlakyDisk(1);
      RaftLogBytes.write(disk, "log_30-40", new RaftLogBytes(30).bytes());
      RaftLogBytes.write(disk, log.openName(), Arrays.copyOf(log.bytes(), log.end(entries)));
      disk.open("raft-meta").close();
      var machine = machine(FIRST + 15);
      machine.checkpoint();
      RaftLogTail.cut(disk, machine);
      assertThat(disk.list()).containsExactly("raft-meta");
      disk.restart();
      assertThat(disk.list()).doesNotContain(log.openName());
    }
  }

  @Test
  void aLogThatIsGoneIsRefused() throws IOException {
    assertThatThrownBy(() -> RaftLogTail.cut(new FlakyDisk(1), machine(3)))
        .isInstanceOf(CorruptLogException.class)
        .hasMessageContaining("entries 0 to 3 are missing");
  }

  private static RaftLogBytes log(Random random, int entries) throws IOException {
    var log = new RaftLogBytes(FIRST);
    for (int i = 0; i < entries; i++) {
      byte[] data = new byte[random.nextInt(10) == 0 ? random.nextInt(400) : random.nextInt(60)];
      random.nextBytes(data);
      log.add(data);
    }
    return log;
  }

  private static byte[] flipped(RaftLogBytes log, int entry, Random random) {
    byte[] bytes = log.bytes();
    int start = log.end(entry);
    bytes[start + random.nextInt(log.end(entry + 1) - start)] ^= (byte) (1 << random.nextInt(8));
    return bytes;
  }

  private static void refused(RaftLogBytes log, byte[] bytes, long applied, int entry)
      throws IOException {
    var disk = disk(log, bytes);
    long before = disk.operations();
    var machine = machine(applied);
    assertThatThrownBy(() -> RaftLogTail.cut(disk, machine))
        .isInstanceOf(CorruptLogException.class)
        .hasMessageContaining(log.openName() + " at offset " + log.end(entry))
        .hasMessageContaining("entry " + (FIRST + entry) + " is damaged or missing");
    assertThat(disk.operations()).isEqualTo(before);
  }

  private static byte[] cut(RaftLogBytes log, byte[] bytes, long applied) throws IOException {
    var disk = disk(log, bytes);
    RaftLogTail.cut(disk, machine(applied));
    return read(disk, log.openName());
  }

  private static byte[] read(FlakyDisk disk, String name) throws IOException {
    try (var file = disk.open(name)) {
      var left = ByteBuffer.allocate((int) file.size());
      file.read(left, 0);
      return left.array();
    }
  }

  private static FlakyDisk disk(RaftLogBytes log, byte[] bytes) throws IOException {
    var disk = new FlakyDisk(1);
    RaftLogBytes.write(disk, log.openName(), bytes);
    return disk;
  }

  private static Machine machine(long applied) throws IOException {
    var machine = new Machine(new FlakyDisk(1), RevisionLog.Limits.DEFAULT);
    machine.skip(1, applied);
    return machine;
  }

  private static RaftSegment.Name name(RaftLogBytes log) {
    return new RaftSegment.Name(log.openName(), FIRST, -1);
  }
}
