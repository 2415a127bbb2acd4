package dev.tiphys.store.mvcc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.tiphys.store.disk.DiskFullException;
import dev.tiphys.store.disk.FlakyDisk;
import dev.tiphys.store.disk.Room;
import dev.tiphys.store.record.Command;
import dev.tiphys.store.rpc.CompactionRequest;
import dev.tiphys.store.rpc.PutRequest;
import dev.tiphys.store.rpc.RangeRequest;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * What finds no room on the disk waits for it, or is left for later; nothing of it is half done.
 */
class FullDiskTest {
  private final FlakyDisk disk = new FlakyDisk(3);

  /** Has a reserve once; later, who is patient waits until room comes from elsewhere. */
  private final class Keeper implements Room {
    private final Semaphore asked = new Semaphore(0);
    private final Semaphore come = new Semaphore(0);
    private long reserve;
    private volatile boolean awaited;

    Keeper(long reserve) {
      this.reserve = reserve;
    }

    @Override
    public boolean make(IOException failure, boolean patient) throws DiskFullException {
      if (failure instanceof FlakyDisk.CrashException) {
        return false;
      }
      if (reserve > 0) {
        disk.room(reserve);
        reserve = 0;
        return true;
      }
      if (!patient) {
        throw new DiskFullException(failure);
      }
      awaited = true;
      asked.release();
      come.acquireUninterruptibly();
      return true;
    }

    @Override
    public void regained() {
      awaited = false;
    }

    @Override
    public boolean isAwaited() {
      return awaited;
    }
  }

  @Test
  void theReserveIsUsedAndNothingIsLost() throws IOException {
    var machine = new Machine(disk, Rig.LIMITS, Guard.OPEN, new Keeper(100_000));
    put(machine, "a", 100);
    disk.room(37); // so the next record is torn, and written again over itself
    put(machine, "b", 1000);
    put(machine, "c", 3000);
    assertThat(keys(machine)).containsExactly("a", "b", "c");
    assertThat(machine.isOutOfRoom()).isFalse();
    machine.close();
    assertThat(keys(new Machine(disk, Rig.LIMITS))).containsExactly("a", "b", "c");
  }

  @Test
  void aWriteWithoutRoomWaitsAndReadsGoOn()
      throws IOException, InterruptedException, ExecutionException {
    var keeper = new Keeper(0);
    var machine = new Machine(disk, Rig.LIMITS, Guard.OPEN, keeper);
    put(machine, "a", 100);
    disk.room(5);
    var waits =
        CompletableFuture.runAsync(() -> {
          try {
            put(machine, "b", 100);
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        });
    assertThat(keeper.asked.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
    assertThat(machine.isOutOfRoom()).isTrue();
    assertThat(keys(machine)).containsExactly("a");
    disk.room(100_000);
    keeper.come.release();
    waits.get();
    assertThat(machine.isOutOfRoom()).isFalse();
    assertThat(keys(machine)).containsExactly("a", "b");
  }

  @Test
  void aCrashWhileWaitingLosesOnlyWhatWaits() throws IOException, InterruptedException {
    var keeper = new Keeper(0);
    var machine = new Machine(disk, Rig.LIMITS, Guard.OPEN, keeper);
    put(machine, "a", 100);
    disk.room(40);
    Thread writer =
        Thread.ofVirtual()
            .start(() -> {
              try {
                put(machine, "b", 100);
              } catch (IOException e) {
                Thread.currentThread().interrupt(); // the power went
              }
            });
    assertThat(keeper.asked.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
    disk.room(Long.MAX_VALUE);
    disk.crashAfter(0);
    keeper.come.release();
    writer.join();
    disk.restart();
    // What was under way may have come through whole, though nobody was told so.
    assertThat(keys(new Machine(disk, Rig.LIMITS))).startsWith("a").isSubsetOf("a", "b");
  }

  @Test
  void checkpointAndCleaningAreLeftForLater() throws IOException {
    var machine = new Machine(disk, Rig.LIMITS, Guard.OPEN, new Keeper(0));
    for (int i = 0; i < 40; i++) {
      put(machine, "often", 300);
      put(machine, "k" + i / 8, 30);
    }
    machine.applySynced(
        1,
        List.of(
            Command.newBuilder()
                .setCompact(CompactionRequest.newBuilder().setRevision(machine.revision()))
                .build()));
    var durable = machine.durable();
    disk.room(10);
    assertThatThrownBy(machine::checkpoint).isInstanceOf(DiskFullException.class);
    assertThat(machine.durable()).isEqualTo(durable);
    disk.room(100);
    machine.checkpoint();
    disk.room(60);
    assertThatThrownBy(machine::dropCompacted).isInstanceOf(DiskFullException.class);
    assertThat(disk.list()).noneMatch(name -> name.endsWith(".tmp") && name.startsWith("rewrite"));
    assertThat(keys(machine)).hasSize(6);
    disk.room(Long.MAX_VALUE);
    long before = machine.bytes();
    machine.dropCompacted();
    assertThat(machine.bytes()).isLessThan(before / 4);
    machine.close();
    assertThat(keys(new Machine(disk, Rig.LIMITS))).hasSize(6);
  }

  private static void put(Machine machine, String key, int bytes) throws IOException {
    var put =
        PutRequest.newBuilder()
            .setKey(ByteString.copyFromUtf8(key))
            .setValue(ByteString.copyFrom(new byte[bytes]));
    var outcomes = machine.applySynced(1, List.of(Command.newBuilder().setPut(put).build()));
    assertThat(outcomes).first().isInstanceOf(Outcome.Done.class);
  }

  private static List<String> keys(Machine machine) throws IOException {
    return machine
        .range(
            RangeRequest.newBuilder()
                .setKey(ByteString.copyFrom(new byte[1]))
                .setRangeEnd(ByteString.copyFrom(new byte[1]))
                .build())
        .getKvsList()
        .stream()
        .map(kv -> kv.getKey().toStringUtf8())
        .toList();
  }
}
