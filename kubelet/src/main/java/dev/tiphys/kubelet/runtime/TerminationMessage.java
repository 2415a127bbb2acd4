package dev.tiphys.kubelet.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tiphys.cri.v1.ContainerStatus;
import dev.tiphys.kubelet.logs.LogOptions;
import dev.tiphys.kubelet.logs.LogReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * What a container left behind to say why it ended: the file at its terminationMessagePath, or, if
 * its policy is FallbackToLogsOnError and it failed without a word, the end of its log.
 */
final class TerminationMessage {
  private final LogReader logs;

  TerminationMessage(LogReader logs) {
    this.logs = logs;
  }

  /** The message, with the runtime's own before it; empty if there is none. */
  String of(ContainerStatus status) {
    String own = ofContainer(status).strip();
    if (status.getMessage().isEmpty() || own.isEmpty()) {
      return own.isEmpty() ? status.getMessage() : own;
    }
    return status.getMessage() + ": " + own;
  }

  private String ofContainer(ContainerStatus status) {
    String path = status.getAnnotationsOrDefault(RuntimeLabels.TERMINATION_PATH, "");
    String message =
        status.getMountsList().stream()
            .filter(mount -> mount.getContainerPath().equals(path) && !path.isEmpty())
            .findFirst()
            .map(mount -> head(Path.of(mount.getHostPath())))
            .orElse("");
    boolean fallBack =
        message.isEmpty()
            && status.getExitCode() != 0
            && status
                .getAnnotationsOrDefault(RuntimeLabels.TERMINATION_POLICY, "")
                .equals("FallbackToLogsOnError");
    return fallBack ? endOfLog(Path.of(status.getLogPath())) : message;
  }

  private static String head(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return new String(in.readNBytes(Limits.TERMINATION_MESSAGE_BYTES), UTF_8);
    } catch (NoSuchFileException e) {
      return ""; // The pod's directory may be cleaned up before its containers.
    } catch (IOException e) {
      return "Error on reading termination message: " + e.getMessage();
    }
  }

  private String endOfLog(Path log) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    LogOptions options =
        new LogOptions(
            false, Limits.TERMINATION_LOG_LINES, null, false, null, LogOptions.Streams.ALL);
    try {
      logs.copy(log, options, () -> false, out);
    } catch (NoSuchFileException e) {
      return "";
    } catch (IOException e) {
      return "Error on reading termination message from logs: " + e.getMessage();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    }
    byte[] all = out.toByteArray();
    int from = Math.max(0, all.length - Limits.TERMINATION_LOG_BYTES);
    return new String(Arrays.copyOfRange(all, from, all.length), UTF_8);
  }
}
