package dev.tiphys.store;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.MethodDescriptor;

/** Stands where a connection will be. */
final class Unconnected extends Channel {
  static final Channel CHANNEL = new Unconnected();

  @Override
  public <Q, S> ClientCall<Q, S> newCall(MethodDescriptor<Q, S> method, CallOptions options) {
    throw new IllegalStateException("not connected yet");
  }

  @Override
  public String authority() {
    return "unconnected";
  }
}
