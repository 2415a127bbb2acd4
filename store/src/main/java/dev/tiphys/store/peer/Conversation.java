package dev.tiphys.store.peer;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Calls to one member that do not wait for one another, on one stream: they arrive in the order in
 * which they are made, and each is answered when it is done. Thread-safe.
 */
final class Conversation implements StreamObserver<RaftAnswer> {
  private final Map<Long, Pending> pending = new LinkedHashMap<>();
  private @Nullable StreamObserver<RaftCall> calls;
  private @Nullable Throwable ended;
  private long number;

  private record Pending(CompletableFuture<RaftAnswer> answer, long deadline) {}

  /** Takes where calls go, before the first one. */
  synchronized void begin(StreamObserver<RaftCall> calls) {
    this.calls = calls;
  }

  synchronized boolean hasEnded() {
    return ended != null;
  }

  /**
   * Makes a call. Its answer fails with {@link io.grpc.StatusRuntimeException}: with the text of a
   * refusal, or with the reason for which the stream ended.
   *
   * @param deadline when {@link #expire} gives the call up, by a steady clock in nanoseconds
   */
  CompletableFuture<RaftAnswer> call(RaftCall call, long deadline) {
    var answer = new CompletableFuture<RaftAnswer>();
    Throwable failure;
    synchronized (this) {
      failure = ended;
      if (failure == null && calls != null) {
        pending.put(++number, new Pending(answer, deadline));
        calls.onNext(call.toBuilder().setNumber(number).build());
      }
    }
    if (failure != null) {
      answer.completeExceptionally(failure);
    }
    return answer;
  }

  /** Gives up what has waited for too long; returns true while something still waits. */
  boolean expire(long nanos) {
    var late = new ArrayList<Pending>();
    boolean more;
    synchronized (this) {
      pending.values().removeIf(call -> nanos - call.deadline > 0 && late.add(call));
      more = !pending.isEmpty();
    }
    for (var call : late) {
      call.answer.completeExceptionally(Status.DEADLINE_EXCEEDED.asRuntimeException());
    }
    return more;
  }

  @Override
  public void onNext(RaftAnswer answer) {
    Pending call;
    synchronized (this) {
      call = pending.remove(answer.getNumber());
    }
    if (call == null) {
      return; // was given up
    }
    if (answer.getRefusal().isEmpty()) {
      call.answer.complete(answer);
    } else {
      call.answer.completeExceptionally(
          Status.UNAVAILABLE.withDescription(answer.getRefusal()).asRuntimeException());
    }
  }

  @Override
  public void onError(Throwable failure) {
    end(failure);
  }

  @Override
  public void onCompleted() {
    end(Status.UNAVAILABLE.withDescription("the member is stopping").asRuntimeException());
  }

  private void end(Throwable failure) {
    List<Pending> lost;
    synchronized (this) {
      if (ended == null) {
        ended = failure;
      }
      lost = List.copyOf(pending.values());
      pending.clear();
    }
    lost.forEach(call -> call.answer.completeExceptionally(failure));
  }
}
