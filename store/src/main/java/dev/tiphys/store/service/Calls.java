package dev.tiphys.store.service;

import com.google.protobuf.MessageLite;
import dev.tiphys.store.mvcc.Outcome;
import dev.tiphys.store.mvcc.StoreError;
import dev.tiphys.store.mvcc.StoreException;
import io.grpc.Context;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Answers calls. */
final class Calls {
  private Calls() {}

  /** Computes an answer; may block. */
  @FunctionalInterface
  interface Answer<T> {
    T get() throws Exception;
  }

  /** As {@link #answer(StreamObserver, Answer)}, on a thread that may wait. */
  static <T> void answer(Executor threads, StreamObserver<T> observer, Answer<T> answer) {
    try {
      threads.execute(Context.current().wrap(() -> answer(observer, answer)));
    } catch (RejectedExecutionException e) {
      observer.onError(Errors.status(StoreError.STOPPED.exception()));
    }
  }

  /** Sends many answers; may block. */
  @FunctionalInterface
  interface Sending<T> {
    void to(PacedSender<T> client) throws Exception;
  }

  /**
   * Answers with a stream, on a thread that may wait, no faster than the client takes it.
   *
   * @param patience how long the client may take nothing
   */
  static <T> void stream(
      Executor threads, StreamObserver<T> observer, Duration patience, Sending<T> sending) {
    var client = (ServerCallStreamObserver<T>) observer;
    var sender = new PacedSender<>(client, () -> {}, patience);
    Runnable answer =
        () -> {
          try {
            sending.to(sender);
            client.onCompleted();
          } catch (Exception e) {
            if (!sender.isGone()) {
              client.onError(Errors.status(e));
            }
          }
        };
    try {
      threads.execute(Context.current().wrap(answer));
    } catch (RejectedExecutionException e) {
      client.onError(Errors.status(StoreError.STOPPED.exception()));
    }
  }

  /** Sends what came of a command. */
  static <T> void finish(
      StreamObserver<T> observer,
      @Nullable Outcome outcome,
      @Nullable Throwable failure,
      Function<MessageLite, T> answer) {
    answer(
        observer,
        () -> {
          if (outcome instanceof Outcome.Done(var response)) {
            return answer.apply(response);
          }
          if (outcome instanceof Outcome.Refused(var error)) {
            throw error.exception();
          }
          throw unwrapped(failure);
        });
  }

  private static Exception unwrapped(@Nullable Throwable failure) {
    for (var cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof StoreException refused) {
        return refused;
      }
    }
    return StoreError.STOPPED.exception();
  }

  /** Sends what the answer computes, or the status of what it throws. */
  static <T> void answer(StreamObserver<T> observer, Answer<T> answer) {
    T response;
    try {
      response = answer.get();
    } catch (Exception e) {
      observer.onError(Errors.status(e));
      return;
    }
    try {
      observer.onNext(response);
    } finally {
      if (response instanceof Encoded encoded) {
        encoded.close(); // it was copied while it was sent
      }
    }
    observer.onCompleted();
  }
}
