package dev.tiphys.store;

import dev.tiphys.daemon.ConfigException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import picocli.CommandLine.Model.CommandSpec;

/**
 * Flags in a file, as etcd's {@code --config-file} has them: YAML, a key a flag without its dashes;
 * those of TLS stand below {@code client-transport-security} and {@code peer-transport-security}.
 */
final class FlagFile {
  private static final String CLIENT = "client-transport-security";
  private static final String PEER = "peer-transport-security";

  private final Set<String> known;
  private final CommandSpec spec;

  /** Takes the flags that there are, with their dashes, and what is known of their types. */
  FlagFile(Set<String> known, CommandSpec spec) {
    this.known = Set.copyOf(known);
    this.spec = spec;
  }

  /**
   * The flags as arguments.
   *
   * @param name of the file, for messages
   * @param yaml its content
   * @throws ConfigException naming the file and the key
   */
  List<String> arguments(String name, String yaml) {
    Object loaded;
    try {
      loaded = new Load(LoadSettings.builder().setLabel(name).build()).loadFromString(yaml);
    } catch (YamlEngineException e) {
      throw new ConfigException("--config-file: " + name + " is not YAML: " + e.getMessage(), e);
    }
    if (!(loaded instanceof Map<?, ?> keys)) {
      throw new ConfigException("--config-file: " + name + " must hold keys and values");
    }
    var arguments = new ArrayList<String>();
    keys.forEach((key, value) -> {
      var text = Objects.toString(key);
      if (!text.equals(CLIENT) && !text.equals(PEER)) {
        add(arguments, name, text, "--" + text, value);
      } else if (value instanceof Map<?, ?> files) {
        files.forEach((file, path) ->
            add(arguments, name, text + "." + file, flag(text, Objects.toString(file)), path));
      } else if (value != null) {
        throw new ConfigException("--config-file: " + name + ": " + text + " must hold keys");
      }
    });
    return arguments;
  }

  /** Of a key below one of the two; some have a name that no flag has. */
  private static String flag(String section, String key) {
    var prefix = section.equals(PEER) ? "--peer-" : "--";
    return switch (key) {
      case "allowed-cn", "allowed-hostname" ->
          (section.equals(PEER) ? "--peer-cert-" : "--client-cert-") + key;
      case "skip-client-san-verification" -> "--experimental-peer-" + key;
      default -> prefix + key;
    };
  }

  private void add(
      List<String> arguments, String name, String key, String flag, @Nullable Object value) {
    if (!known.contains(flag) || flag.equals("--config-file")) {
      throw new ConfigException(
          "--config-file: " + name + ": the key " + key + " is not known; leave it out");
    }
    if (value instanceof Map) {
      throw new ConfigException("--config-file: " + name + ": " + key + " must be a value or list");
    }
    var text =
        value instanceof List<?> list
            ? list.stream().map(Objects::toString).collect(Collectors.joining(","))
            : Objects.toString(value, "");
    if (!text.isEmpty()) {
      arguments.add(flag + "=" + text + (isNanos(flag, value) ? "ns" : ""));
    }
  }

  /** In etcd's file a bare number is a time in nanoseconds where a flag is one. */
  private boolean isNanos(String flag, @Nullable Object value) {
    var option = spec.findOption(flag);
    return value instanceof Number && option != null && option.type() == Duration.class;
  }
}
