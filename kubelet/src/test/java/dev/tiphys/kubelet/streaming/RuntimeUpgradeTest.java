package dev.tiphys.kubelet.streaming;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RuntimeUpgradeTest {
  private final MultiThreadIoEventLoopGroup eventLoops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

  @AfterEach
  void stop() {
    eventLoops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  @Test
  void passesOnWhyTheRuntimeRefused() throws Exception {
    try (ServerSocket runtime = listen()) {
      Thread answering =
          Thread.ofVirtual()
              .start(() ->
                  answerOnce(
                      runtime,
                      "HTTP/1.1 404 Not Found\r\nContent-Length: 13\r\n\r\nno such token"));

      StreamingException e = failure("http://127.0.0.1:" + runtime.getLocalPort() + "/exec/x");

      assertThat(e).hasMessageContaining("404").hasMessageContaining("no such token");
      assertThat(e.httpStatus()).isEqualTo(500);
      answering.join();
    }
  }

  @Test
  void saysThatNobodyIsThere() throws Exception {
    int port;
    try (ServerSocket runtime = listen()) {
      port = runtime.getLocalPort();
    }

    StreamingException e = failure("http://127.0.0.1:" + port + "/exec/x");

    assertThat(e).hasMessageStartingWith("cannot reach the container runtime's streaming server");
    assertThat(e.httpStatus()).isEqualTo(502);
  }

  @Test
  void saysThatTlsIsNotSpoken() {
    assertThat(failure("https://127.0.0.1:1/exec/x")).hasMessageContaining("turn TLS");
  }

  @Test
  void closesTheConnectionWhenItsCallerIsInterrupted() throws Exception {
    try (ServerSocket runtime = listen()) {
      URI url = URI.create("http://127.0.0.1:" + runtime.getLocalPort() + "/exec/x");
      Thread caller =
          Thread.ofVirtual()
              .start(() ->
                  assertThatThrownBy(() -> connect(url)).isInstanceOf(InterruptedException.class));
      try (Socket connection = runtime.accept()) {
        assertThat(connection.getInputStream().read()).isEqualTo('P');
        caller.interrupt();

        assertThat(connection.getInputStream().readAllBytes()).isNotEmpty(); // Up to its end.
      }
    }
  }

  private StreamingException failure(String url) {
    return catchThrowableOfType(StreamingException.class, () -> connect(URI.create(url)));
  }

  private void connect(URI url) throws StreamingException, InterruptedException {
    RuntimeUpgrade.connect(eventLoops.next(), url, HttpMethod.POST, new DefaultHttpHeaders());
  }

  private static ServerSocket listen() throws IOException {
    return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  }

  private static void answerOnce(ServerSocket server, String answer) {
    try (Socket connection = server.accept()) {
      connection.getInputStream().read();
      connection.getOutputStream().write(answer.getBytes(UTF_8));
      connection.getInputStream().readAllBytes();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
