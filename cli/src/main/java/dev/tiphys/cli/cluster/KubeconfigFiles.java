package dev.tiphys.cli.cluster;

import dev.tiphys.cli.Failure;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Decides which kubeconfig files count. */
public final class KubeconfigFiles {

  private static final String DATA_DIR = "/var/lib/tiphys";

  private KubeconfigFiles() {}

  /**
   * The files, the most important first: the one named, else the list in {@code KUBECONFIG}, else
   * {@code ~/.kube/config}, else the one that {@code tiphys up} wrote.
   *
   * @param named what the user named, or null
   * @return those that exist; empty if none does
   * @throws Failure if the file that the user named does not exist
   */
  public static List<Path> find(@Nullable String named, Map<String, String> environment) {
    if (named != null && !named.isEmpty()) {
      Path file = Path.of(named);
      if (!Files.exists(file)) {
        throw Failure.of("stat " + named + ": no such file or directory");
      }
      return List.of(file);
    }
    String listed = environment.getOrDefault("KUBECONFIG", "");
    if (!listed.isEmpty()) {
      return existing(List.of(listed.split(File.pathSeparator, -1)));
    }
    List<Path> own = existing(List.of(environment.getOrDefault("HOME", "/root") + "/.kube/config"));
    return own.isEmpty()
        ? existing(List.of(environment.getOrDefault("TIPHYS_DATA_DIR", DATA_DIR) + "/admin.conf"))
        : own;
  }

  private static List<Path> existing(List<String> names) {
    List<Path> files = new ArrayList<>();
    for (String name : names) {
      Path file = Path.of(name);
      if (!name.isEmpty() && Files.isReadable(file)) {
        files.add(file);
      }
    }
    return files;
  }
}
