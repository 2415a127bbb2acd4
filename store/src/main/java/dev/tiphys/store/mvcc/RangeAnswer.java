package dev.tiphys.store.mvcc;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import dev.tiphys.store.disk.FrameBatch;
import dev.tiphys.store.rpc.RangeResponse;
import dev.tiphys.store.rpc.ResponseHeader;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a range, which writes itself as an encoded {@link RangeResponse}. Records lie on
 * disk as they are sent, so those of a plain range are copied and never looked into. Close it when
 * it is written or not needed; for one thread.
 */
public final class RangeAnswer implements AutoCloseable {
  private static final int SCRATCH = 16 << 10;

  /** Tag and length before a record. */
  private static final int PREFIX = 6;

  private final long revision;
  private final RangeResponse rest;
  private final @Nullable FrameBatch records;

  /** All of it is in a response, but the header. */
  RangeAnswer(long revision, RangeResponse response) {
    this(revision, response, null);
  }

  /**
   * With the records beside it.
   *
   * @param rest everything but them and the header
   */
  RangeAnswer(long revision, RangeResponse rest, @Nullable FrameBatch records) {
    this.revision = revision;
    this.rest = rest;
    this.records = records;
  }

  /** The newest revision when it was read. */
  public long revision() {
    return revision;
  }

  /** The same as a message. */
  RangeResponse response() throws IOException {
    var header = ResponseHeader.newBuilder().setRevision(revision).build();
    var bytes = ByteString.newOutput();
    writeTo(bytes, header);
    return RangeResponse.parseFrom(bytes.toByteString());
  }

  /** The bytes that {@link #writeTo} will write. */
  public long size(@Nullable ResponseHeader header) {
    long size = rest.getSerializedSize();
    if (header != null) {
      size += CodedOutputStream.computeMessageSize(RangeResponse.HEADER_FIELD_NUMBER, header);
    }
    for (int i = 0; records != null && i < records.count(); i++) {
      int length = records.payloadLength(i);
      size += 1 + CodedOutputStream.computeUInt32SizeNoTag(length) + length;
    }
    return size;
  }

  /**
   * Writes everything.
   *
   * @param header null for none
   */
  public void writeTo(OutputStream target, @Nullable ResponseHeader header) throws IOException {
    if (header != null) {
      var out = CodedOutputStream.newInstance(target);
      out.writeMessage(RangeResponse.HEADER_FIELD_NUMBER, header);
      out.flush();
    }
    if (records != null) {
      write(records, target);
    }
    rest.writeTo(target);
  }

  private static void write(FrameBatch records, OutputStream target) throws IOException {
    byte[] scratch = new byte[SCRATCH];
    int used = 0;
    for (int i = 0; i < records.count(); i++) {
      int length = records.payloadLength(i);
      if (used + PREFIX > SCRATCH) {
        target.write(scratch, 0, used);
        used = 0;
      }
      used = prefix(scratch, used, length);
      for (int from = 0; from < length; ) {
        if (used == SCRATCH) {
          target.write(scratch, 0, used);
          used = 0;
        }
        int part = Math.min(length - from, SCRATCH - used);
        records.copy(i, from, scratch, used, part);
        from += part;
        used += part;
      }
    }
    target.write(scratch, 0, used);
  }

  private static int prefix(byte[] target, int start, int length) {
    int at = start;
    target[at++] = RangeResponse.KVS_FIELD_NUMBER << 3 | 2;
    int left = length;
    for (; left > 0x7F; left >>>= 7) {
      target[at++] = (byte) (left | 0x80);
    }
    target[at++] = (byte) left;
    return at;
  }

  @Override
  public void close() {
    if (records != null) {
      records.close();
    }
  }
}
