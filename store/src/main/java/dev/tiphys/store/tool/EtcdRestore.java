package dev.tiphys.store.tool;

import com.google.protobuf.ByteString;
import dev.tiphys.store.bolt.EtcdSnapshot;
import dev.tiphys.store.disk.Disk;
import dev.tiphys.store.disk.RevisionLog;
import dev.tiphys.store.mvcc.StateWriter;
import dev.tiphys.store.rpc.AlarmType;
import dev.tiphys.store.rpc.KeyValue;
import java.io.IOException;
import java.nio.file.Path;

/** Makes the log of a new cluster from the state of an etcd. */
public final class EtcdRestore {
  private EtcdRestore() {}

  /**
   * Writes all that a file of etcd's format holds, durable.
   *
   * @param file one that {@link EtcdSnapshot#check} found right
   * @param disk an empty one
   * @throws IOException when the file cannot be read, or the log not be written
   */
  public static void restore(Path file, Disk disk, RevisionLog.Limits limits) throws IOException {
    try (var writer = new StateWriter(disk, limits)) {
      var state =
          EtcdSnapshot.read(
              file,
              new EtcdSnapshot.Taker() {
                @Override
                public void put(KeyValue record, int number) throws IOException {
                  writer.put(record, number);
                }

                @Override
                public void delete(ByteString key, long revision, int number) throws IOException {
                  writer.delete(key, revision, number);
                }
              });
      // Who lacks space there says so itself; nobody could end the alarm of a former member.
      var alarms = state.getAlarmsList().stream().filter(a -> a.getAlarm() != AlarmType.NOSPACE);
      state.clearAlarms().addAllAlarms(alarms.toList());
      writer.state(state.build());
      writer.finish(state.getRevision());
    }
  }
}
