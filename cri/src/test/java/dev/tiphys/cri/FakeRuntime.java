package dev.tiphys.cri;

import dev.tiphys.cri.v1.ContainerStatusRequest;
import dev.tiphys.cri.v1.ContainerStatusResponse;
import dev.tiphys.cri.v1.ExecSyncRequest;
import dev.tiphys.cri.v1.ExecSyncResponse;
import dev.tiphys.cri.v1.ImageServiceGrpc.ImageServiceImplBase;
import dev.tiphys.cri.v1.ImageStatusRequest;
import dev.tiphys.cri.v1.ImageStatusResponse;
import dev.tiphys.cri.v1.RuntimeServiceGrpc.RuntimeServiceImplBase;
import dev.tiphys.cri.v1.VersionRequest;
import dev.tiphys.cri.v1.VersionResponse;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** A runtime that has no containers, on a socket that it removes when it goes. */
final class FakeRuntime implements AutoCloseable {
  final AtomicReference<ExecSyncRequest> lastExec = new AtomicReference<>();
  private final Path socket;
  private final EventLoopGroup eventLoop =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final Server server;

  FakeRuntime(Path socket, String version) throws IOException {
    this.socket = socket;
    this.server =
        NettyServerBuilder.forAddress(UnixDomainSocketAddress.of(socket))
            .channelType(NioServerDomainSocketChannel.class)
            .bossEventLoopGroup(eventLoop)
            .workerEventLoopGroup(eventLoop)
            .directExecutor()
            .addService(new Runtime(version))
            .addService(new Images())
            .build()
            .start();
  }

  @Override
  public void close() throws IOException {
    server.shutdownNow();
    eventLoop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    Files.deleteIfExists(socket);
  }

  private final class Runtime extends RuntimeServiceImplBase {
    private final String version;

    Runtime(String version) {
      this.version = version;
    }

    @Override
    public void version(VersionRequest request, StreamObserver<VersionResponse> answer) {
      answer.onNext(VersionResponse.newBuilder().setRuntimeVersion(version).build());
      answer.onCompleted();
    }

    @Override
    public void containerStatus(
        ContainerStatusRequest request, StreamObserver<ContainerStatusResponse> answer) {
      answer.onError(
          Status.NOT_FOUND
              .withDescription("container \"" + request.getContainerId() + "\": not found")
              .asRuntimeException());
    }

    @Override
    public void execSync(ExecSyncRequest request, StreamObserver<ExecSyncResponse> answer) {
      lastExec.set(request);
      answer.onNext(ExecSyncResponse.newBuilder().setExitCode(3).build());
      answer.onCompleted();
    }
  }

  private static final class Images extends ImageServiceImplBase {
    @Override
    public void imageStatus(
        ImageStatusRequest request, StreamObserver<ImageStatusResponse> answer) {
      answer.onNext(ImageStatusResponse.getDefaultInstance());
      answer.onCompleted();
    }
  }
}
