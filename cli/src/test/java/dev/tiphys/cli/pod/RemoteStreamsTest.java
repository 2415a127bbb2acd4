package dev.tiphys.cli.pod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.cli.Console;
import dev.tiphys.cli.Failure;
import dev.tiphys.client.environment.VirtualThreads;
import dev.tiphys.client.transport.Transport.MessageStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;

class RemoteStreamsTest {

  private static final class Socket implements MessageStream {
    final BlockingQueue<byte[]> toClient = new LinkedBlockingQueue<>();
    final BlockingQueue<byte[]> fromClient = new LinkedBlockingQueue<>();

    void say(int channel, String text) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      byte[] message = new byte[bytes.length + 1];
      message[0] = (byte) channel;
      System.arraycopy(bytes, 0, message, 1, bytes.length);
      toClient.add(message);
    }

    @Override
    public String protocol() {
      return "v5.channel.k8s.io";
    }

    @Override
    public byte[] receive() {
      try {
        return toClient.take();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void send(byte[] message) {
      fromClient.add(message);
    }

    @Override
    public void close() {}
  }

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final Socket socket = new Socket();

  private int run(String input) {
    Console console =
        new Console(
            new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
            new PrintStream(out),
            new PrintStream(err));
    return new RemoteStreams(socket, console, new VirtualThreads()).run(!input.isEmpty(), null);
  }

  @Test
  void outputAndErrorsComeApart() {
    socket.say(1, "");
    socket.say(1, "out");
    socket.say(2, "err");
    socket.say(3, "{\"status\": \"Success\"}");
    assertThat(run("")).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("out");
    assertThat(err.toString(StandardCharsets.UTF_8)).isEqualTo("err");
  }

  @Test
  void theExitCodeIsTheCommands() {
    socket.say(
        3,
        """
        {"status": "Failure", "reason": "NonZeroExitCode",
         "details": {"causes": [{"reason": "ExitCode", "message": "42"}]}}
        """);
    assertThatThrownBy(() -> run(""))
        .isInstanceOfSatisfying(
            Failure.class,
            failure -> {
              assertThat(failure.exitCode()).isEqualTo(42);
              assertThat(failure.shown()).isEqualTo("command terminated with exit code 42");
            });
  }

  @Test
  void otherFailuresAreToldInTheServersWords() {
    socket.say(3, "{\"status\": \"Failure\", \"message\": \"no such file\"}");
    assertThatThrownBy(() -> run(""))
        .isInstanceOfSatisfying(
            Failure.class, failure -> assertThat(failure.shown()).isEqualTo("error: no such file"));
  }

  @Test
  void inputIsSentAndItsEndToo() throws InterruptedException {
    Thread command =
        Thread.ofVirtual()
            .start(() -> {
              try {
                assertThat(socket.fromClient.take()).isEqualTo(new byte[] {0, 'h', 'i'});
                assertThat(socket.fromClient.take()).isEqualTo(new byte[] {(byte) 255, 0});
                socket.say(3, "{\"status\": \"Success\"}");
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    assertThat(run("hi")).isZero();
    command.join();
  }
}
