package dev.tiphys.store.gateway;

import com.google.protobuf.Message;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.json.JsonFactory;

/**
 * What the client sends to a method. A method that takes one message gets the first one of the
 * body, or an empty one if there is none; a method that takes a stream gets them all, up to one
 * that is no JSON. For the call's thread.
 */
final class Requests<Q> implements AutoCloseable {
  private final MethodDescriptor<Q, ?> method;
  private final Message empty;
  private final int maxBytes;
  private final MessageReader reader;
  private @Nullable Message first;
  private boolean ended;

  /**
   * Reads the first one.
   *
   * @param empty a message of the type
   * @param maxBytes bound on the encoded form of each
   * @throws StatusRuntimeException when it cannot be read
   */
  Requests(
      MethodDescriptor<Q, ?> method, Message empty, int maxBytes, JsonFactory json, byte[] body) {
    this.method = method;
    this.empty = empty;
    this.maxBytes = maxBytes;
    reader = new MessageReader(json, body);
    try {
      first = reader.next(empty);
    } catch (StatusRuntimeException e) {
      reader.close();
      // Of a stream etcd only says that something went wrong.
      throw takesOne()
          ? e
          : Status.UNKNOWN.withDescription(e.getStatus().getDescription()).asRuntimeException();
    }
    if (takesOne()) {
      first = first == null ? empty : first;
      ended = true;
    }
  }

  /**
   * The next one; null after the last.
   *
   * @throws StatusRuntimeException when it is too large
   */
  @Nullable Q next() {
    var message = first;
    first = null;
    if (message == null && !ended) {
      message = read();
    }
    ended |= message == null;
    return message == null ? null : encoded(message);
  }

  @Override
  public void close() {
    reader.close();
  }

  private boolean takesOne() {
    return method.getType().clientSendsOneMessage();
  }

  private @Nullable Message read() {
    try {
      return reader.next(empty);
    } catch (StatusRuntimeException e) {
      return null; // as etcd has it: the stream goes on with what was said before
    }
  }

  private Q encoded(Message message) {
    int size = message.getSerializedSize();
    if (size > maxBytes) {
      throw Status.RESOURCE_EXHAUSTED
          .withDescription(
              "grpc: received message larger than max (%d vs. %d)".formatted(size, maxBytes))
          .asRuntimeException();
    }
    try {
      return method.parseRequest(message.toByteString().newInput());
    } catch (StatusRuntimeException e) {
      throw Status.INVALID_ARGUMENT // nested too deep
          .withDescription(e.getStatus().getDescription())
          .asRuntimeException();
    }
  }
}
