package dev.tiphys.cli.pod;

import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.cli.Console;
import dev.tiphys.cli.Failure;
import dev.tiphys.cli.Limits;
import dev.tiphys.cli.tree.Trees;
import dev.tiphys.cli.tree.View;
import dev.tiphys.client.ApiException;
import dev.tiphys.client.environment.Environment;
import dev.tiphys.client.transport.Transport.MessageStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Carries a command's input and output through a WebSocket, a channel each ({@code
 * v5.channel.k8s.io}: the first byte of a message says which). Its end is a status on the error
 * channel.
 */
final class RemoteStreams {

  /** What to offer to the server, the best first. */
  static final List<String> PROTOCOLS = List.of("v5.channel.k8s.io", "v4.channel.k8s.io");

  private static final String WITH_CLOSE = "v5.channel.k8s.io";
  private static final byte STDIN = 0;
  private static final byte STDOUT = 1;
  private static final byte STDERR = 2;
  private static final byte ERROR = 3;
  private static final byte RESIZE = 4;
  private static final byte CLOSE = (byte) 255;

  private final MessageStream socket;
  private final Console console;
  private final Environment environment;
  private final ReentrantLock sending = new ReentrantLock();

  RemoteStreams(MessageStream socket, Console console, Environment environment) {
    this.socket = socket;
    this.console = console;
    this.environment = environment;
  }

  /**
   * Carries until the command ends.
   *
   * @param input whether to send standard input
   * @param terminal the user's terminal in raw mode, or null
   * @return the exit code
   */
  int run(boolean input, @Nullable Terminal terminal) {
    if (terminal != null) {
      environment.execute("terminal-size", () -> resize(terminal));
    }
    if (input) {
      // Reading standard input cannot be interrupted, so it may not hold up the end.
      Thread.ofPlatform().daemon().name("stdin").start(this::sendInput);
    }
    return receive();
  }

  private int receive() {
    for (byte[] message = socket.receive(); message != null; message = socket.receive()) {
      if (message.length == 0) {
        continue;
      }
      switch (message[0]) {
        case STDOUT -> write(console.out(), message);
        case STDERR -> write(console.err(), message);
        case ERROR -> {
          if (message.length > 1) {
            return exitCode(message);
          }
        }
        default -> {}
      }
    }
    return 0;
  }

  private static void write(PrintStream to, byte[] message) {
    to.write(message, 1, message.length - 1);
    to.flush();
  }

  /** Reads the status that ends a command. */
  static int exitCode(byte[] message) {
    String text = new String(message, 1, message.length - 1, StandardCharsets.UTF_8);
    if (!text.startsWith("{")) {
      throw Failure.of("%s", text);
    }
    View status = new View(JsonTree.parse(text));
    if (status.at("status").text().equals("Success")) {
      return 0;
    }
    String code = status.at("details", "causes").with("reason", "ExitCode").at("message").text();
    if (status.at("reason").text().equals("NonZeroExitCode") && code.matches("\\d{1,3}")) {
      throw Failure.exit(Integer.parseInt(code), "command terminated with exit code " + code);
    }
    throw Failure.of(
        "%s", status.at("message").textOr("the command failed: " + status.at("reason").text()));
  }

  private void sendInput() {
    byte[] buffer = new byte[Limits.STREAM_BYTES];
    buffer[0] = STDIN;
    try {
      for (int count = console.in().read(buffer, 1, buffer.length - 1);
          count >= 0;
          count = console.in().read(buffer, 1, buffer.length - 1)) {
        send(java.util.Arrays.copyOf(buffer, count + 1));
      }
      if (socket.protocol().equals(WITH_CLOSE)) {
        send(new byte[] {CLOSE, STDIN});
      }
    } catch (IOException e) {
      console.warn("error: standard input cannot be read: " + e.getMessage());
    } catch (ApiException ended) {
      // The command has ended while the user was still typing; its status tells the rest.
      return;
    }
  }

  private void resize(Terminal terminal) {
    Terminal.Size last = null;
    try {
      while (true) {
        Terminal.Size now = terminal.size();
        if (now != null && !now.equals(last)) {
          byte[] text = Trees.object("Width", now.columns(), "Height", now.rows()).toBytes();
          byte[] message = new byte[text.length + 1];
          message[0] = RESIZE;
          System.arraycopy(text, 0, message, 1, text.length);
          send(message);
          last = now;
        }
        environment.sleep(Limits.POLL);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ApiException ended) {
      // Nobody is left to be told.
      return;
    }
  }

  /** Several tasks send; the socket takes one at a time. */
  private void send(byte[] message) {
    sending.lock();
    try {
      socket.send(message);
    } finally {
      sending.unlock();
    }
  }
}
