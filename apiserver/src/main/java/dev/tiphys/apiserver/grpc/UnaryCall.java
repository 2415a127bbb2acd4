package dev.tiphys.apiserver.grpc;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A call with one answer. */
final class UnaryCall extends Call {

  private final boolean repeatable;
  private final CompletableFuture<byte[]> answer = new CompletableFuture<>();
  private byte @Nullable [] message;

  UnaryCall(String path, byte[] request, long deadline, boolean repeatable) {
    super(path, request, deadline);
    this.repeatable = repeatable;
  }

  CompletableFuture<byte[]> answer() {
    return answer;
  }

  @Override
  boolean bounded() {
    return true;
  }

  @Override
  boolean repeatable() {
    return repeatable;
  }

  @Override
  boolean halfClosed() {
    return true;
  }

  @Override
  void begun(GrpcConnection connection, int streamId) {
    message = null;
  }

  @Override
  void message(byte[] whole) {
    message = whole;
  }

  @Override
  Taken taken(int bytes) {
    return Taken.WHOLE;
  }

  @Override
  void over(@Nullable GrpcException failure) {
    byte[] whole = message;
    if (failure != null) {
      answer.completeExceptionally(failure);
    } else if (whole == null) {
      answer.completeExceptionally(
          new GrpcException(GrpcException.INTERNAL, "the server answered nothing"));
    } else {
      answer.complete(whole);
    }
  }
}
