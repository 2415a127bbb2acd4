package dev.tiphys.apiserver;

import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.apiserver.configfile.ConfigFileException;
import dev.tiphys.apiserver.configfile.ConfigObject;
import dev.tiphys.daemon.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The configurations of admission plug-ins, as the file of {@code --admission-control-config-file}
 * holds them or names their files.
 */
record AdmissionFile(Map<String, byte[]> plugins) {

  /** No plug-in has one. */
  static final AdmissionFile NONE = new AdmissionFile(Map.of());

  private static final String FLAG = "--admission-control-config-file";
  private static final List<String> VERSIONS =
      List.of(
          "apiserver.config.k8s.io/v1", "apiserver.k8s.io/v1alpha1", "apiserver.k8s.io/v1beta1");

  /** Makes something of a configuration. */
  @FunctionalInterface
  interface Reader<T> {
    T read(byte[] content) throws ConfigFileException;
  }

  /**
   * Reads the file.
   *
   * @throws ConfigException if it, or one that it names, cannot be read
   */
  static AdmissionFile read(@Nullable Path file) {
    if (file == null) {
      return NONE;
    }
    try {
      ConfigObject root =
          ConfigObject.read(Files.readAllBytes(file), "AdmissionConfiguration", VERSIONS);
      Map<String, byte[]> plugins = new LinkedHashMap<>();
      for (ConfigObject plugin : root.objects("plugins")) {
        String name = plugin.text("name");
        String path = plugin.text("path");
        JsonTree configuration = plugin.raw("configuration");
        if (configuration != null) {
          plugins.put(name, configuration.toBytes());
        } else if (!path.isEmpty()) {
          plugins.put(name, Files.readAllBytes(file.toAbsolutePath().resolveSibling(path)));
        }
      }
      root.check();
      return new AdmissionFile(plugins);
    } catch (IOException | ConfigFileException e) {
      throw new ConfigException(FLAG + ": " + file + ": " + e.getMessage(), e);
    }
  }

  /**
   * A plug-in's configuration.
   *
   * @param otherwise if it has none
   * @throws ConfigException that says what is wrong with it
   */
  <T> T of(String plugin, Reader<T> reader, T otherwise) {
    T found = find(plugin, reader);
    return found == null ? otherwise : found;
  }

  /** The same; null if it has none. */
  <T> @Nullable T find(String plugin, Reader<T> reader) {
    byte[] content = plugins.get(plugin);
    try {
      return content == null ? null : reader.read(content);
    } catch (ConfigFileException e) {
      throw new ConfigException(FLAG + ": " + plugin + ": " + e.getMessage(), e);
    }
  }
}
