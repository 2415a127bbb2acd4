package dev.tiphys.apiserver;

import dev.tiphys.apiserver.configfile.ConfigFileException;
import dev.tiphys.apiserver.outbound.ConnectionPool;
import dev.tiphys.apiserver.outbound.PatientCalls;
import dev.tiphys.apiserver.outbound.Remote;
import dev.tiphys.daemon.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/**
 * What parts need that ask others or follow files.
 *
 * @param pool connections to others
 * @param calls over them
 * @param threads one for each file that is followed
 */
record Remotes(ConnectionPool pool, PatientCalls calls, Executor threads) {

  static Remotes over(ConnectionPool pool, RandomGenerator random, Executor threads) {
    return new Remotes(pool, new PatientCalls(pool, Thread::sleep, random), threads);
  }

  /** The webhook that a flag names by a kubeconfig. */
  static Remote remote(String flag, Path kubeconfig) {
    try {
      return Remote.of(kubeconfig);
    } catch (ConfigFileException e) {
      throw new ConfigException(flag + ": " + e.getMessage(), e);
    }
  }

  /** A file that a flag names. */
  static byte[] content(String flag, Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new ConfigException(flag + ": cannot read " + file + ": " + e.getMessage(), e);
    }
  }
}
