package dev.tiphys.deploy;

import dev.tiphys.deploy.layout.DataDir;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option that every command about a cluster has. */
final class CommonOptions {
  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description =
          "The directory below which the cluster keeps everything"
              + " (default: $TIPHYS_DATA_DIR, else /var/lib/tiphys).")
  @Nullable Path dataDir;

  /** The data directory, absolute, with symbolic links resolved where it exists. */
  DataDir directory() throws IOException, Failure {
    if (dataDir != null && dataDir.toString().isEmpty()) {
      throw new Failure("--data-dir is empty: name a directory, or leave the option out.");
    }
    String named = System.getenv("TIPHYS_DATA_DIR");
    Path given =
        dataDir != null
            ? dataDir
            : Path.of(named == null || named.isEmpty() ? "/var/lib/tiphys" : named);
    Path absolute = given.toAbsolutePath().normalize();
    return new DataDir(Files.exists(absolute) ? absolute.toRealPath() : absolute);
  }

  /** Where the launcher has put the distribution. */
  static Path distribution() {
    String path = System.getenv("TIPHYS_DIST");
    if (path == null) {
      throw new IllegalStateException("TIPHYS_DIST is not set: start me through the launcher");
    }
    return Path.of(path);
  }

  static String searchPath() {
    String path = System.getenv("PATH");
    // sbin holds what we run, and is missing from the path of many a non-login shell.
    return (path == null ? "" : path + ":")
        + "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  }
}
