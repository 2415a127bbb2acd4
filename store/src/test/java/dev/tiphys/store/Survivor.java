package dev.tiphys.store;

import static com.google.protobuf.ByteString.copyFromUtf8;

import dev.tiphys.store.auth.Authority;
import dev.tiphys.store.disk.Folder;
import dev.tiphys.store.disk.IdentityFile;
import dev.tiphys.store.disk.RevisionLog;
import dev.tiphys.store.disk.Room;
import dev.tiphys.store.disk.StateSwap;
import dev.tiphys.store.mvcc.Machine;
import dev.tiphys.store.raft.RaftLogBytes;
import dev.tiphys.store.record.AuthCommand;
import dev.tiphys.store.record.Batch;
import dev.tiphys.store.record.Command;
import dev.tiphys.store.record.MemberRecord;
import dev.tiphys.store.rpc.AuthUserAddRequest;
import dev.tiphys.store.rpc.PutRequest;
import java.io.IOException;
import java.util.UUID;

/**
 * The data directory of one of several members, which had applied more than it had synced, and got
 * more than it had applied. Entry 5 makes a member known, entry 12 a user; the others put a key
 * each.
 */
final class Survivor {
  static final UUID CLUSTER = new UUID(1, 2);
  static final int CHECKPOINT = 10;
  static final int APPLIED = 20;
  static final int ENTRIES = 40;

  /** After all entries: two of them write no key, and an empty store has revision 1. */
  static final long REVISION = ENTRIES - 1;

  private Survivor() {}

  /** Where its Raft log lies. */
  static Folder current(Folder data) throws IOException {
    return data.within("raft").within(CLUSTER.toString()).within("current");
  }

  static void make(Folder data) throws IOException {
    new IdentityFile(data).write(new IdentityFile.Content(CLUSTER, 7, false));
    var current = current(data);
    var closed = new RaftLogBytes(1);
    var open = new RaftLogBytes(16);
    for (int i = 1; i <= ENTRIES; i++) {
      (i <= 15 ? closed : open).add(command(i));
    }
    closed.writeClosed(current);
    open.writeOpen(current);
    data.within("raft").within(CLUSTER.toString()).syncDirectory();
    data.within("raft").syncDirectory();
    var log = new StateSwap(data).settled();
    var guard = new Authority(Authority.TokenHolder.NONE);
    var machine = new Machine(log, RevisionLog.Limits.DEFAULT, guard, Room.NONE);
    for (int i = 1; i <= APPLIED; i++) {
      machine.apply(1, i, Batch.newBuilder().addCommands(command(i)).build());
      if (i == CHECKPOINT) {
        machine.checkpoint();
      }
    }
  }

  private static Command command(int index) {
    return switch (index) {
      case 5 -> Command.newBuilder().setMemberSet(MemberRecord.newBuilder().setId(9)).build();
      case 12 ->
          Command.newBuilder()
              .setAuth(
                  AuthCommand.newBuilder()
                      .setUserAdd(
                          AuthUserAddRequest.newBuilder().setName("u").setHashedPassword("h")))
              .build();
      default ->
          Command.newBuilder()
              .setPut(PutRequest.newBuilder().setKey(copyFromUtf8("k" + index)))
              .build();
    };
  }
}
