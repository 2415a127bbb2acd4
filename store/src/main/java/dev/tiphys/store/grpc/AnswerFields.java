package dev.tiphys.store.grpc;

import static io.netty.handler.codec.http2.Http2CodecUtil.DEFAULT_HEADER_TABLE_SIZE;
import static io.netty.handler.codec.http2.Http2CodecUtil.FRAME_HEADER_LENGTH;
import static io.netty.handler.codec.http2.Http2Flags.END_HEADERS;
import static io.netty.handler.codec.http2.Http2Flags.END_STREAM;

import io.grpc.InternalMetadata;
import io.grpc.Metadata;
import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2FrameTypes;
import java.nio.charset.StandardCharsets;

/**
 * Writes what answers begin and end with, as HEADERS frames. The fields of an answer that went well
 * are put into HPACK's table (RFC 7541) once and are three bytes from then on; all others are
 * spelled out and leave the table as it is. For the connection's event loop, in the order of
 * sending.
 */
final class AnswerFields {
  /** Room for the beginning of an answer that went well, or its end, however it is written. */
  static final int ROOM = FRAME_HEADER_LENGTH + 24;

  /** What {@link #begin} writes once {@link #isShortBegin}. */
  static final int SHORT_BEGIN = FRAME_HEADER_LENGTH + 2;

  /** The static table's entries (RFC 7541, appendix A). */
  private static final int STATUS_200 = 8;

  private static final int STATUS = 8;
  private static final int CONTENT_TYPE = 31;
  private static final int TABLE_START = 62;

  /** Less than this, and nothing is put into the client's table. */
  private static final int TABLE_BYTES = 256;

  private static final int POINTER = 0x80;
  private static final int NEW_ENTRY = 0x40;
  private static final int NEW_SIZE = 0x20;
  private static final int BY_POINTER = 7;
  private static final int BY_NEW_ENTRY = 6;
  private static final int BY_NEW_SIZE = 5;
  private static final int SPELLED_OUT = 4;

  private static final byte[] GRPC = Hpack.ascii("application/grpc");
  private static final byte[] GRPC_STATUS = Hpack.ascii("grpc-status");
  private static final byte[] GRPC_MESSAGE = Hpack.ascii("grpc-message");
  private static final byte[] OK = Hpack.ascii("0");
  private static final int LONGEST_MESSAGE = 8 << 10;

  private boolean indexed = true;
  private long tableBytes = DEFAULT_HEADER_TABLE_SIZE;
  private boolean mustTellSize;
  private int entries;
  private int typeEntry = -1;
  private int okEntry = -1;

  /**
   * The client keeps a table of so many bytes. One that shrinks must be told so at once (RFC 7541,
   * 4.2); one that grows need not be made use of.
   */
  void tableSize(long bytes) {
    if (bytes < tableBytes) {
      tableBytes = bytes;
      mustTellSize = true;
      indexed &= bytes >= TABLE_BYTES;
    }
  }

  /** True when a beginning with these further fields would be of {@link #SHORT_BEGIN} bytes. */
  boolean isShortBegin(Metadata metadata) {
    return indexed
        && !mustTellSize
        && typeEntry >= 0
        && InternalMetadata.headerCount(metadata) == 0;
  }

  /** The beginning of an answer, with further fields. */
  void begin(ByteBuf out, int stream, Metadata metadata) {
    int start = open(out, stream);
    out.writeByte(POINTER | STATUS_200);
    if (!indexed) {
      name(out, CONTENT_TYPE);
      Hpack.text(out, GRPC);
    } else if (typeEntry >= 0) {
      pointer(out, typeEntry);
    } else {
      Hpack.number(out, NEW_ENTRY, BY_NEW_ENTRY, CONTENT_TYPE);
      Hpack.text(out, GRPC);
      typeEntry = entries++;
    }
    Hpack.spellOut(out, metadata);
    finish(out, start, END_HEADERS);
  }

  /** The end of an answer that began. */
  void end(ByteBuf out, int stream, Status status, Metadata metadata) {
    int start = open(out, stream);
    if (!status.isOk() || !indexed) {
      status(out, status);
    } else if (okEntry >= 0) {
      pointer(out, okEntry);
    } else {
      out.writeByte(NEW_ENTRY);
      Hpack.text(out, GRPC_STATUS);
      Hpack.text(out, OK);
      okEntry = entries++;
    }
    Hpack.spellOut(out, metadata);
    finish(out, start, END_HEADERS | END_STREAM);
  }

  /** An answer that ends where it begins. */
  void only(ByteBuf out, int stream, int httpStatus, Status status, Metadata metadata) {
    int start = open(out, stream);
    if (httpStatus == 200) {
      out.writeByte(POINTER | STATUS_200);
    } else {
      name(out, STATUS);
      Hpack.text(out, Hpack.ascii(Integer.toString(httpStatus)));
    }
    name(out, CONTENT_TYPE);
    Hpack.text(out, GRPC);
    status(out, status);
    Hpack.spellOut(out, metadata);
    finish(out, start, END_HEADERS | END_STREAM);
  }

  private int open(ByteBuf out, int stream) {
    int start = out.writerIndex();
    out.writeMedium(0).writeByte(Http2FrameTypes.HEADERS).writeByte(0).writeInt(stream);
    if (mustTellSize) {
      mustTellSize = false;
      Hpack.number(out, NEW_SIZE, BY_NEW_SIZE, (int) tableBytes);
    }
    return start;
  }

  private static void finish(ByteBuf out, int start, int flags) {
    out.setMedium(start, out.writerIndex() - start - FRAME_HEADER_LENGTH).setByte(start + 4, flags);
  }

  private void pointer(ByteBuf out, int entry) {
    Hpack.number(out, POINTER, BY_POINTER, TABLE_START + entries - 1 - entry);
  }

  private static void status(ByteBuf out, Status status) {
    out.writeByte(0);
    Hpack.text(out, GRPC_STATUS);
    Hpack.text(out, Hpack.ascii(Integer.toString(status.getCode().value())));
    var description = status.getDescription();
    if (description != null && !description.isEmpty()) {
      out.writeByte(0);
      Hpack.text(out, GRPC_MESSAGE);
      Hpack.text(out, encoded(description));
    }
  }

  /** What is no printable ASCII is written in hexadecimal (gRPC over HTTP/2, "Status-Message"). */
  private static byte[] encoded(String message) {
    var text = new StringBuilder();
    for (byte letter : message.getBytes(StandardCharsets.UTF_8)) {
      if (text.length() > LONGEST_MESSAGE) {
        break;
      }
      if (letter >= ' ' && letter <= '~' && letter != '%') {
        text.append((char) letter);
      } else {
        text.append(String.format("%%%02X", letter));
      }
    }
    return Hpack.ascii(text.toString());
  }

  private static void name(ByteBuf out, int entry) {
    Hpack.number(out, 0, SPELLED_OUT, entry);
  }
}
