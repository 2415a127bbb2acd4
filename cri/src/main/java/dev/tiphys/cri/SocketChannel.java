package dev.tiphys.cri;

import io.grpc.Channel;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.AbstractStub;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * A gRPC channel to a unix domain socket on Netty's NIO transport: one thread, no native library.
 *
 * <p>gRPC reconnects by itself, but after a failure waits longer and longer, up to two minutes, and
 * fails every call until then. A socket on the same machine costs nothing to try: {@link #stub}
 * tries it when there is no connection, and so knows at once whether to fail or to connect.
 */
final class SocketChannel implements AutoCloseable {
  private final SocketEndpoint endpoint;
  private final EventLoopGroup eventLoop;
  private final ManagedChannel channel;

  SocketChannel(SocketEndpoint endpoint) {
    this.endpoint = endpoint;
    this.eventLoop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    this.channel =
        NettyChannelBuilder.forAddress(UnixDomainSocketAddress.of(endpoint.path()))
            .channelType(NioDomainSocketChannel.class, UnixDomainSocketAddress.class)
            .eventLoopGroup(eventLoop)
            .usePlaintext()
            .overrideAuthority("localhost")
            .maxInboundMessageSize(Limits.MESSAGE_BYTES)
            .disableRetry()
            .directExecutor()
            .build();
  }

  /**
   * A stub for one call, made by {@code factory}. Throws UNAVAILABLE if nobody listens on the
   * socket.
   */
  <S extends AbstractStub<S>> S stub(Function<Channel, S> factory) {
    S stub = factory.apply(channel);
    if (channel.getState(true) == ConnectivityState.READY) {
      return stub;
    }
    tryToConnect();
    channel.resetConnectBackoff();
    return stub.withWaitForReady();
  }

  private void tryToConnect() {
    try (var probe = java.nio.channels.SocketChannel.open(StandardProtocolFamily.UNIX)) {
      probe.connect(UnixDomainSocketAddress.of(endpoint.path()));
    } catch (IOException e) {
      throw new CriException(CriException.Kind.UNAVAILABLE, endpoint.whyUnreachable(), e);
    }
  }

  @Override
  public void close() {
    channel.shutdown();
    try {
      if (!channel.awaitTermination(Limits.CLOSE.toMillis(), TimeUnit.MILLISECONDS)) {
        channel.shutdownNow();
      }
    } catch (InterruptedException e) {
      channel.shutdownNow();
      Thread.currentThread().interrupt();
    }
    eventLoop.shutdownGracefully(0, Limits.CLOSE.toMillis(), TimeUnit.MILLISECONDS);
  }
}
