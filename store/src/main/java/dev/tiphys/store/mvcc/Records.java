package dev.tiphys.store.mvcc;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.UnsafeByteOperations;
import com.google.protobuf.WireFormat;
import dev.tiphys.store.disk.Frame;
import dev.tiphys.store.disk.RevisionLog;
import dev.tiphys.store.rpc.KeyValue;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Reads key-values out of the log. Safe for any thread when its source is. */
final class Records {
  private static final int MAX_MOVES = 100;

  private final Source source;

  /** {@link RevisionLog#read} or {@link RevisionLog#readAppended}. */
  @FunctionalInterface
  interface Source {
    Frame read(long place, int length) throws IOException;
  }

  Records(Source source) {
    this.source = source;
  }

  /**
   * The key-value of a key as of a revision; null when it did not exist, or was compacted
   * meanwhile.
   */
  @Nullable KeyValue at(KeyHistory history, long revision) throws IOException {
    for (int tries = 0; ; tries++) {
      var version = history.at(revision);
      if (version == null) {
        return null;
      }
      try {
        return parse(source.read(version.place(), version.length()));
      } catch (RevisionLog.MovedException e) {
        // The index learns the new place before the old one goes, so the next look finds it.
        if (tries == MAX_MOVES) {
          throw e;
        }
      }
    }
  }

  /** The record that was found in an index; null when it was compacted meanwhile. */
  @Nullable KeyValue of(KeyHistory history, KeyHistory.Version found) throws IOException {
    KeyHistory.Version version = found;
    for (int tries = 0; version != null; tries++) {
      try {
        return parse(source.read(version.place(), version.length()));
      } catch (RevisionLog.MovedException e) {
        if (tries == MAX_MOVES) {
          throw e;
        }
        version = history.again(found);
      }
    }
    return null;
  }

  private static KeyValue parse(Frame frame) throws IOException {
    // The value stays a view of the bytes read: no second copy.
    var input = UnsafeByteOperations.unsafeWrap(frame.payload()).newCodedInput();
    input.enableAliasing(true);
    return KeyValue.parseFrom(input);
  }

  /** Everything of a key-value but its value, for building the index. */
  record Heading(byte[] key, long createRevision, long modRevision, long version, long lease) {
    static Heading parse(ByteBuffer payload) throws IOException {
      var in = CodedInputStream.newInstance(payload);
      byte[] key = new byte[0];
      long create = 0;
      long mod = 0;
      long version = 0;
      long lease = 0;
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        switch (WireFormat.getTagFieldNumber(tag)) {
          case KeyValue.KEY_FIELD_NUMBER -> key = in.readByteArray();
          case KeyValue.CREATE_REVISION_FIELD_NUMBER -> create = in.readInt64();
          case KeyValue.MOD_REVISION_FIELD_NUMBER -> mod = in.readInt64();
          case KeyValue.VERSION_FIELD_NUMBER -> version = in.readInt64();
          case KeyValue.LEASE_FIELD_NUMBER -> lease = in.readInt64();
          default -> in.skipField(tag);
        }
      }
      return new Heading(key, create, mod, version, lease);
    }
  }

  /** The record of a deletion. */
  static KeyValue deletion(ByteString key, long revision) {
    return KeyValue.newBuilder().setKey(key).setModRevision(revision).build();
  }
}
