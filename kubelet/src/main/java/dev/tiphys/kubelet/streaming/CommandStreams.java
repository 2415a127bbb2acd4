package dev.tiphys.kubelet.streaming;

import java.util.EnumSet;
import java.util.Set;

/**
 * Which streams of a command a client wants.
 *
 * @param stdin what the client sends goes to the command
 * @param stdout what the command writes comes back
 * @param stderr what the command writes to standard error comes back; not with a terminal, which
 *     mixes the two
 * @param tty the command runs in a terminal, whose size the client may change
 */
public record CommandStreams(boolean stdin, boolean stdout, boolean stderr, boolean tty) {
  /** Why this cannot be had, or empty. */
  public java.util.Optional<String> problem() {
    if (!stdin && !stdout && !stderr) {
      return java.util.Optional.of("you must specify at least 1 of stdin, stdout, stderr");
    }
    if (tty && stderr) {
      return java.util.Optional.of("tty and stderr cannot both be true");
    }
    return java.util.Optional.empty();
  }

  Set<StandardStream> open() {
    Set<StandardStream> streams = EnumSet.of(StandardStream.ERROR);
    if (stdin) {
      streams.add(StandardStream.STDIN);
    }
    if (stdout) {
      streams.add(StandardStream.STDOUT);
    }
    if (stderr) {
      streams.add(StandardStream.STDERR);
    }
    if (tty) {
      streams.add(StandardStream.RESIZE);
    }
    return streams;
  }
}
