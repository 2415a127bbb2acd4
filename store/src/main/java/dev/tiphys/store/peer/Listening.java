package dev.tiphys.store.peer;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/**
 * The called side of a conversation: begins calls as they come, and answers each when it is done.
 * Answers may come from any thread.
 */
final class Listening implements StreamObserver<RaftCall> {
  private final PeerHandler handler;
  private final ServerCallStreamObserver<RaftAnswer> caller;
  private boolean ended;

  Listening(PeerHandler handler, ServerCallStreamObserver<RaftAnswer> caller) {
    this.handler = handler;
    this.caller = caller;
    caller.setOnCancelHandler(this::abandoned);
  }

  @Override
  public void onNext(RaftCall call) {
    begin(call)
        .whenComplete((answer, failure) ->
            send(
                (failure == null
                        ? answer.toBuilder()
                        : RaftAnswer.newBuilder().setRefusal(reason(failure)))
                    .setNumber(call.getNumber())
                    .build()));
  }

  private CompletableFuture<RaftAnswer> begin(RaftCall call) {
    try {
      return handler.converse(call);
    } catch (IOException | RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private synchronized void send(RaftAnswer answer) {
    if (!ended) {
      caller.onNext(answer);
    }
  }

  private void abandoned() {
    synchronized (this) {
      if (ended) {
        return;
      }
      ended = true;
    }
    handler.abandoned();
  }

  @Override
  public void onError(Throwable failure) {
    abandoned();
  }

  @Override
  public synchronized void onCompleted() {
    if (!ended) {
      ended = true;
      caller.onCompleted();
    }
  }

  /** Why something failed, never empty. */
  static String reason(Throwable failure) {
    var cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return Objects.requireNonNullElse(cause.getMessage(), cause.getClass().getSimpleName());
  }
}
