package dev.tiphys.store.service;

import io.grpc.stub.ServerCallStreamObserver;

/** A client that is there, takes nothing in, and never says anything. */
abstract class SilentObserver<T> extends ServerCallStreamObserver<T> {
  @Override
  public boolean isReady() {
    return false;
  }

  @Override
  public boolean isCancelled() {
    return false;
  }

  @Override
  public void onNext(T message) {}

  @Override
  public void onError(Throwable failure) {}

  @Override
  public void onCompleted() {}

  @Override
  public void setOnReadyHandler(Runnable handler) {}

  @Override
  public void setOnCancelHandler(Runnable handler) {}

  @Override
  public void setOnCloseHandler(Runnable handler) {}

  @Override
  public void setCompression(String name) {}

  @Override
  public void setMessageCompression(boolean enable) {}

  @Override
  public void disableAutoInboundFlowControl() {}

  @Override
  public void request(int count) {}
}
