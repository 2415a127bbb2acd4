package dev.tiphys.store.grpc;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/** Sockets that accept connections. Closing them leaves the connections as they are. */
public final class Listeners implements AutoCloseable {
  private static final int READ_BYTES = 4 << 10;
  private static final int MAX_READ_BYTES = 64 << 10;

  private final EventLoopGroup loop;
  private final List<Channel> sockets = new ArrayList<>();

  /** Takes what moves the bytes of all connections; it is not ended here. */
  public Listeners(EventLoopGroup loop) {
    this.loop = loop;
  }

  /**
   * Accepts connections at an address.
   *
   * @param door what each connection begins with; sharable
   * @throws IOException when the address cannot be bound
   */
  public void add(InetSocketAddress address, ChannelHandler door) throws IOException {
    var listening =
        new ServerBootstrap()
            .group(loop)
            .channel(NioServerSocketChannel.class)
            .childOption(ChannelOption.SO_KEEPALIVE, true)
            // Most writes come in one read; the default starts lower and often takes two.
            .childOption(
                ChannelOption.RECVBUF_ALLOCATOR,
                new AdaptiveRecvByteBufAllocator(READ_BYTES, READ_BYTES, MAX_READ_BYTES))
            .childHandler(door)
            .bind(address)
            .awaitUninterruptibly();
    if (!listening.isSuccess()) {
      throw new IOException(
          "cannot listen at " + address + ": " + listening.cause().getMessage(), listening.cause());
    }
    sockets.add(listening.channel());
  }

  /** The ports, in the order in which they were added. */
  public List<Integer> ports() {
    return sockets.stream()
        .map(socket -> ((InetSocketAddress) socket.localAddress()).getPort())
        .toList();
  }

  @Override
  public void close() {
    sockets.forEach(Channel::close);
  }
}
