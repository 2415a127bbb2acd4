package dev.tiphys.store.service;

import io.grpc.stub.StreamObserver;

/** Answers unary calls. */
final class Calls {
  private Calls() {}

  /** Computes an answer; may block. */
  @FunctionalInterface
  interface Answer<T> {
    T get() throws Exception;
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
    observer.onNext(response);
    observer.onCompleted();
  }
}
