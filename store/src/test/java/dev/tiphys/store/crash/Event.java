package dev.tiphys.store.crash;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Something that was done to a file system, in the order in which it was done. Files and
 * directories have numbers, which they keep when their names change; 0 is the top directory.
 */
public sealed interface Event {
  /** A name in a directory that means a new file or directory from now on. */
  record Make(int directory, String name, int node, boolean isDirectory) implements Event {}

  /** A name that means something else, in the same directory; what it meant before is gone. */
  record Rename(int directory, String from, String to) implements Event {}

  /** A name that means nothing any more. */
  record Delete(int directory, String name) implements Event {}

  /** Bytes in a file. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Write(int file, long position, byte[] bytes) implements Event {}

  /** The new length of a file. */
  record Cut(int file, long size) implements Event {}

  /**
   * The end of a sync. What was done to the file, or to names in the directory, before a certain
   * event is durable.
   *
   * @param before the number of the event that came next when the sync began
   */
  record Sync(int node, int before) implements Event {}

  /** What the one who was recorded wanted to be known at this moment. */
  record Mark(String text) implements Event {}

  /** Writes one down. */
  static void write(Event event, DataOutputStream out) throws IOException {
    switch (event) {
      case Make(var directory, var name, var node, var isDirectory) -> {
        out.writeByte('m');
        out.writeInt(directory);
        out.writeUTF(name);
        out.writeInt(node);
        out.writeBoolean(isDirectory);
      }
      case Rename(var directory, var from, var to) -> {
        out.writeByte('r');
        out.writeInt(directory);
        out.writeUTF(from);
        out.writeUTF(to);
      }
      case Delete(var directory, var name) -> {
        out.writeByte('d');
        out.writeInt(directory);
        out.writeUTF(name);
      }
      case Write(var file, var position, var bytes) -> {
        boolean zeros = Arrays.equals(bytes, new byte[bytes.length]);
        out.writeByte(zeros ? 'z' : 'w');
        out.writeInt(file);
        out.writeLong(position);
        out.writeInt(bytes.length);
        if (!zeros) {
          out.write(bytes);
        }
      }
      case Cut(var file, var size) -> {
        out.writeByte('c');
        out.writeInt(file);
        out.writeLong(size);
      }
      case Sync(var node, var before) -> {
        out.writeByte('s');
        out.writeInt(node);
        out.writeInt(before);
      }
      case Mark(var text) -> {
        out.writeByte('k');
        out.writeUTF(text);
      }
    }
  }

  /** Reads all that were written down. */
  static List<Event> readAll(DataInputStream in) throws IOException {
    var events = new ArrayList<Event>();
    for (int kind = in.read(); kind >= 0; kind = in.read()) {
      events.add(read(kind, in));
    }
    return events;
  }

  private static Event read(int kind, DataInputStream in) throws IOException {
    return switch (kind) {
      case 'm' -> new Make(in.readInt(), in.readUTF(), in.readInt(), in.readBoolean());
      case 'r' -> new Rename(in.readInt(), in.readUTF(), in.readUTF());
      case 'd' -> new Delete(in.readInt(), in.readUTF());
      case 'w', 'z' -> {
        int file = in.readInt();
        long position = in.readLong();
        byte[] bytes = new byte[in.readInt()];
        if (kind == 'w') {
          in.readFully(bytes);
        }
        yield new Write(file, position, bytes);
      }
      case 'c' -> new Cut(in.readInt(), in.readLong());
      case 's' -> new Sync(in.readInt(), in.readInt());
      case 'k' -> new Mark(in.readUTF());
      default -> throw new EOFException("no kind of event: " + kind);
    };
  }
}
