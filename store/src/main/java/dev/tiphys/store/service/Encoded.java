package dev.tiphys.store.service;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import com.google.protobuf.WireFormat;
import dev.tiphys.store.mvcc.RangeAnswer;
import dev.tiphys.store.rpc.RangeStreamResponse;
import dev.tiphys.store.rpc.ResponseHeader;
import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * A response that writes its own bytes: what is encoded already, on disk or for somebody else, is
 * not made into messages first. gRPC copies it while it is handed over.
 */
interface Encoded extends AutoCloseable {
  /** Tag and length before a message within a message. */
  int MAX_PREFIX = 10;

  /** How many bytes {@link #writeTo} writes. */
  int size();

  void writeTo(OutputStream target) throws IOException;

  @Override
  default void close() {}

  /**
   * The answer to a range under a complete header. It closes the answer, and then runs what is
   * given.
   *
   * @throws IOException when it is longer than a message can be; nothing is closed then
   */
  static Encoded of(RangeAnswer answer, ResponseHeader header, Runnable closed) throws IOException {
    long size = answer.size(header);
    if (size > Integer.MAX_VALUE) {
      throw new IOException("the answer has " + size + " bytes: ask for less, with a limit");
    }
    return new Encoded() {
      @Override
      public int size() {
        return (int) size;
      }

      @Override
      public void writeTo(OutputStream target) throws IOException {
        answer.writeTo(target, header);
      }

      @Override
      public void close() {
        answer.close();
        closed.run();
      }
    };
  }

  /**
   * A piece of a range, as {@code RangeStreamResponse}. It closes nothing.
   *
   * @param header of the last piece; null: of another one
   */
  static Encoded ofPiece(RangeAnswer piece, @Nullable ResponseHeader header) {
    int size = (int) piece.size(header); // a piece is short
    return new Encoded() {
      @Override
      public int size() {
        return CodedOutputStream.computeTagSize(RangeStreamResponse.RANGE_RESPONSE_FIELD_NUMBER)
            + CodedOutputStream.computeUInt32SizeNoTag(size)
            + size;
      }

      @Override
      public void writeTo(OutputStream target) throws IOException {
        var out = CodedOutputStream.newInstance(target, MAX_PREFIX);
        out.writeTag(
            RangeStreamResponse.RANGE_RESPONSE_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);
        out.writeUInt32NoTag(size);
        out.flush();
        piece.writeTo(target, header);
      }
    };
  }

  /** A message. */
  static Encoded of(MessageLite message) {
    return new Encoded() {
      @Override
      public int size() {
        return message.getSerializedSize();
      }

      @Override
      public void writeTo(OutputStream target) throws IOException {
        message.writeTo(target);
      }
    };
  }

  /** The same method, but for what its handler answers with. */
  static <Q> MethodDescriptor<Q, Encoded> inPlaceOf(MethodDescriptor<Q, ?> method) {
    return method.toBuilder(method.getRequestMarshaller(), new Marshaller()).build();
  }

  /** A service with one of its methods replaced. */
  static ServerServiceDefinition bind(
      ServerServiceDefinition service, ServerMethodDefinition<?, ?> replacement) {
    var name = replacement.getMethodDescriptor().getFullMethodName();
    var builder = ServerServiceDefinition.builder(service.getServiceDescriptor().getName());
    for (var method : service.getMethods()) {
      if (method.getMethodDescriptor().getFullMethodName().equals(name)) {
        builder.addMethod(replacement);
      } else {
        builder.addMethod(method);
      }
    }
    return builder.build();
  }

  /** Hands the bytes to gRPC. */
  final class Marshaller implements MethodDescriptor.Marshaller<Encoded> {
    @Override
    public InputStream stream(Encoded value) {
      return new Bytes(value);
    }

    @Override
    public Encoded parse(InputStream stream) {
      try {
        var bytes = stream.readAllBytes();
        return new Encoded() {
          @Override
          public int size() {
            return bytes.length;
          }

          @Override
          public void writeTo(OutputStream target) throws IOException {
            target.write(bytes);
          }
        };
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** What gRPC takes a message from: it asks for the length, then has all of it written. */
  final class Bytes extends InputStream implements KnownLength, Drainable {
    private final Encoded value;
    private int left;

    /** What is read a byte at a time, by whoever does not drain. */
    private @Nullable InputStream rest;

    private Bytes(Encoded value) {
      this.value = value;
      this.left = value.size();
    }

    @Override
    public int available() throws IOException {
      return rest == null ? left : rest.available();
    }

    @Override
    public int drainTo(OutputStream target) throws IOException {
      if (rest != null) {
        return (int) rest.transferTo(target);
      }
      int written = left;
      if (written > 0) {
        value.writeTo(target);
        left = 0;
      }
      return written;
    }

    @Override
    public int read() throws IOException {
      if (rest == null) {
        rest = new ByteArrayInputStream(readAllBytes());
      }
      return rest.read();
    }

    @Override
    public byte[] readAllBytes() throws IOException {
      var bytes = new ByteArrayOutputStream(left);
      drainTo(bytes);
      return bytes.toByteArray();
    }
  }
}
