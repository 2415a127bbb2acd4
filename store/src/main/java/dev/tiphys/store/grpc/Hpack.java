package dev.tiphys.store.grpc;

import io.grpc.InternalMetadata;
import io.grpc.Metadata;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** What of HPACK (RFC 7541) writes fields without changing the other side's table. */
final class Hpack {
  private static final int CONTINUED = 0x80;
  private static final int LENGTH_BITS = 7;

  private Hpack() {}

  /** A field, spelled out. */
  static void spellOut(ByteBuf out, String name, String value) {
    out.writeByte(0);
    text(out, ascii(name));
    text(out, ascii(value));
  }

  /** Further fields, spelled out; what is binary in base64, as gRPC has it. */
  static void spellOut(ByteBuf out, Metadata metadata) {
    if (InternalMetadata.headerCount(metadata) == 0) {
      return;
    }
    byte[][] all = InternalMetadata.serialize(metadata);
    for (int i = 0; i < all.length; i += 2) {
      boolean binary =
          new String(all[i], StandardCharsets.US_ASCII).endsWith(Metadata.BINARY_HEADER_SUFFIX);
      out.writeByte(0);
      text(out, all[i]);
      text(out, binary ? Base64.getEncoder().withoutPadding().encode(all[i + 1]) : all[i + 1]);
    }
  }

  /** A string behind its length. */
  static void text(ByteBuf out, byte[] text) {
    number(out, 0, LENGTH_BITS, text.length);
    out.writeBytes(text);
  }

  /** An integer behind some first bits (RFC 7541, 5.1). */
  static void number(ByteBuf out, int first, int bits, int value) {
    int most = (1 << bits) - 1;
    if (value < most) {
      out.writeByte(first | value);
      return;
    }
    out.writeByte(first | most);
    int left = value - most;
    while (left >= CONTINUED) {
      out.writeByte(left % CONTINUED | CONTINUED);
      left /= CONTINUED;
    }
    out.writeByte(left);
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
