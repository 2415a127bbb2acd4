package dev.tiphys.store.raft;

import dev.tiphys.store.disk.Disk;
import dev.tiphys.store.disk.Folder;
import dev.tiphys.store.record.Batch;
import dev.tiphys.store.record.Command;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.StateMachineLogEntryProto;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.CodedOutputStream;

/** Writes segments as Ratis does. */
public final class RaftLogBytes {
  private final long first;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final List<Integer> ends = new ArrayList<>();

  /** Begins a segment with the entry of an index. */
  public RaftLogBytes(long first) {
    this.first = first;
    out.writeBytes("RaftLog1".getBytes(StandardCharsets.US_ASCII));
    ends.add(out.size());
  }

  /** Adds an entry of term 1 with these commands. */
  public RaftLogBytes add(Command... commands) throws IOException {
    return add(Batch.newBuilder().addAllCommands(List.of(commands)).build().toByteArray());
  }

  RaftLogBytes add(byte[] data) throws IOException {
    byte[] entry =
        LogEntryProto.newBuilder()
            .setTerm(1)
            .setIndex(first + entries())
            .setStateMachineLogEntry(
                StateMachineLogEntryProto.newBuilder().setLogData(ByteString.copyFrom(data)))
            .build()
            .toByteArray();
    var bytes = new ByteArrayOutputStream();
    var coded = CodedOutputStream.newInstance(bytes);
    coded.writeUInt32NoTag(entry.length);
    coded.flush();
    bytes.writeBytes(entry);
    var crc = new CRC32C();
    crc.update(bytes.toByteArray());
    out.writeBytes(bytes.toByteArray());
    out.writeBytes(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
    ends.add(out.size());
    return this;
  }

  int entries() {
    return ends.size() - 1;
  }

  /** Where so many entries end. */
  int end(int entries) {
    return ends.get(entries);
  }

  /** All of the segment. */
  public byte[] bytes() {
    return out.toByteArray();
  }

  String openName() {
    return "log_inprogress_" + first;
  }

  String closedName() {
    return "log_" + first + "-" + (first + entries() - 1);
  }

  /** Writes the segment that entries are added to, with room behind them. */
  public void writeOpen(Folder current) throws IOException {
    write(
        current, openName(), ByteBuffer.allocate(out.size() + 1000).put(out.toByteArray()).array());
  }

  /** Writes a segment that is full. */
  public void writeClosed(Folder current) throws IOException {
    write(current, closedName(), out.toByteArray());
  }

  static void write(Disk disk, String name, byte[] bytes) throws IOException {
    try (var file = disk.open(name)) {
      file.write(ByteBuffer.wrap(bytes), 0);
      file.sync();
    }
    disk.syncDirectory();
  }
}
