package dev.tiphys.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * A component configuration file of upstream's ({@code KubeletConfiguration}, {@code
 * KubeProxyConfiguration} …), read field by field. A field that is absent is empty; one of the
 * wrong type ends the start with an error that names the file and the field.
 *
 * <p>Fields are named by path: {@code authentication.x509.clientCAFile}. Immutable.
 */
public final class ComponentConfig {

  private static final int MAX_FILE_BYTES = 1 << 20;

  private final String source;
  private final Map<?, ?> root;

  private ComponentConfig(String source, Map<?, ?> root) {
    this.source = source;
    this.root = root;
  }

  /** A configuration that sets nothing, for a daemon started without a file. */
  public static ComponentConfig empty() {
    return new ComponentConfig("", Map.of());
  }

  /**
   * Reads a YAML or JSON file.
   *
   * @param file at most 1 MiB
   * @param kind the expected {@code kind}
   * @throws ConfigException if it cannot be read, is not YAML, or is of another kind
   */
  public static ComponentConfig read(Path file, String kind) {
    try {
      if (Files.size(file) > MAX_FILE_BYTES) {
        throw new ConfigException("--config: " + file + " is larger than 1 MiB");
      }
      return parse(Files.readString(file), file.toString(), kind);
    } catch (IOException e) {
      throw new ConfigException("--config: cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  static ComponentConfig parse(String yaml, String source, String kind) {
    Object loaded;
    try {
      loaded = new Load(LoadSettings.builder().setLabel(source).build()).loadFromString(yaml);
    } catch (YamlEngineException e) {
      throw new ConfigException("--config: " + source + " is not YAML: " + e.getMessage(), e);
    }
    if (!(loaded instanceof Map<?, ?> map)) {
      throw new ConfigException("--config: " + source + " must hold one object of kind " + kind);
    }
    if (!kind.equals(map.get("kind"))) {
      throw new ConfigException(
          "--config: " + source + " must be of kind " + kind + ", not " + map.get("kind"));
    }
    return new ComponentConfig(source, map);
  }

  /** A text. */
  public Optional<String> string(String path) {
    return value(path, "a string", v -> v instanceof String s ? s : null);
  }

  /** A truth value. */
  public Optional<Boolean> bool(String path) {
    return value(path, "true or false", v -> v instanceof Boolean b ? b : null);
  }

  /** A whole number. */
  public Optional<Integer> integer(String path) {
    return value(path, "a whole number", v -> v instanceof Integer i ? i : null);
  }

  /** A duration, as {@code 1m30s}. */
  public Optional<Duration> duration(String path) {
    return value(
        path,
        "a duration such as 1m30s",
        v -> v instanceof String s ? GoDuration.parse(s).orElse(null) : null);
  }

  /** A list of texts; empty if absent. */
  public List<String> strings(String path) {
    return value(
            path,
            "a list of strings",
            v ->
                v instanceof List<?> list && list.stream().allMatch(String.class::isInstance)
                    ? list.stream().map(String.class::cast).toList()
                    : null)
        .orElse(List.of());
  }

  /** A map from text to text, numbers and truth values written out; empty if absent. */
  public Map<String, String> stringMap(String path) {
    return value(path, "a map of strings", v -> v instanceof Map<?, ?> map ? texts(map) : null)
        .orElse(Map.of());
  }

  private static Map<String, String> texts(Map<?, ?> map) {
    Map<String, String> texts = new TreeMap<>();
    map.forEach((key, value) -> texts.put(Objects.toString(key), Objects.toString(value)));
    return texts;
  }

  private <T> Optional<T> value(String path, String expected, Function<Object, @Nullable T> cast) {
    Object at = root;
    for (String name : path.split("\\.")) {
      if (!(at instanceof Map<?, ?> map)) {
        throw new ConfigException("--config: " + source + ": " + path + " is not within an object");
      }
      at = map.get(name);
      if (at == null) {
        return Optional.empty();
      }
    }
    T typed = cast.apply(at);
    if (typed == null) {
      throw new ConfigException(
          "--config: " + source + ": " + path + " must be " + expected + ", not " + at);
    }
    return Optional.of(typed);
  }
}
