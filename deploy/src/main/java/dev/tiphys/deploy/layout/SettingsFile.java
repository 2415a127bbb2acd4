package dev.tiphys.deploy.layout;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;

/** Keeps the settings of a cluster between runs, as {@code etc/cluster.properties}. */
public final class SettingsFile {
  private SettingsFile() {}

  /**
   * The settings of the cluster in {@code directory}; empty when there is none.
   *
   * @throws IllegalArgumentException when the file is damaged, naming it
   */
  public static Optional<ClusterSettings> read(DataDir directory) throws IOException {
    Path file = directory.settings();
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    Properties values = new Properties();
    try (var reader = Files.newBufferedReader(file)) {
      values.load(reader);
    }
    try {
      return Optional.of(
          new ClusterSettings(
              Cidr.parse(values.getProperty("pod-cidr", "")),
              Cidr.parse(values.getProperty("service-cidr", "")),
              Integer.parseInt(values.getProperty("api-port", "")),
              values.getProperty("node-name", ""),
              values.getProperty("container-runtime-endpoint"),
              Integer.parseInt(values.getProperty("control-planes", "1"))));
    } catch (IllegalArgumentException damaged) {
      throw new IllegalArgumentException(file + " is damaged: " + damaged.getMessage(), damaged);
    }
  }

  /** Writes the settings so that a crash leaves the old file or the new one, nothing in between. */
  public static void write(DataDir directory, ClusterSettings settings) throws IOException {
    var values = new TreeMap<String, String>();
    values.put("pod-cidr", settings.podCidr().toString());
    values.put("service-cidr", settings.serviceCidr().toString());
    values.put("api-port", Integer.toString(settings.apiPort()));
    values.put("node-name", settings.nodeName());
    values.put("control-planes", Integer.toString(settings.controlPlanes()));
    if (settings.runtimeEndpoint() != null) {
      values.put("container-runtime-endpoint", settings.runtimeEndpoint());
    }
    var text =
        new StringBuilder(
            "# Settled by the first `tiphys up`; `tiphys down --purge` forgets them.\n");
    values.forEach((name, value) -> text.append(name).append('=').append(value).append('\n'));
    Path file = directory.settings();
    Files.createDirectories(directory.etc());
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.writeString(fresh, text);
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
  }
}
