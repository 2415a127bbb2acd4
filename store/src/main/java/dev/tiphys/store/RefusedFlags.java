package dev.tiphys.store;

import dev.tiphys.daemon.ConfigException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * etcd's flags that mean something which is not kept here. Who gives one relies on it, so it is not
 * passed over; unless its value asks for nothing.
 */
final class RefusedFlags {
  private final Map<String, Refusal> refusals = new LinkedHashMap<>();
  private final Set<String> booleans;

  /**
   * Why a flag is refused.
   *
   * @param harmless values with which it asks for nothing, besides the empty one
   * @param sentence what to do instead
   */
  private record Refusal(Set<String> harmless, String sentence) {
    Refusal {
      harmless = Set.copyOf(harmless);
    }
  }

  /**
   * Reads the list.
   *
   * @param booleans the flags that may stand without a value
   */
  RefusedFlags(Set<String> booleans) {
    this.booleans = Set.copyOf(booleans);
    try (var in = RefusedFlags.class.getResourceAsStream("refused-flags.txt")) {
      if (in == null) {
        throw new IOException("refused-flags.txt is missing");
      }
      new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .forEach(this::add);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void add(String line) {
    var parts = line.split("\\|", -1);
    refusals.put(
        "--" + parts[0].strip(),
        new Refusal(new HashSet<>(List.of("", parts[1].strip())), parts[2].strip()));
  }

  /** The flags that may be refused. */
  Set<String> names() {
    return refusals.keySet();
  }

  /**
   * Looks at a command line.
   *
   * @throws ConfigException naming the flag and what to do instead
   */
  void check(List<String> arguments) {
    for (int i = 0; i < arguments.size(); i++) {
      var argument = arguments.get(i);
      int equals = argument.indexOf('=');
      var name = equals < 0 ? argument : argument.substring(0, equals);
      var refusal = refusals.get(name);
      if (refusal == null) {
        continue;
      }
      String value;
      if (equals >= 0) {
        value = argument.substring(equals + 1);
      } else if (booleans.contains(name)) {
        value = "true";
      } else {
        value = i + 1 < arguments.size() ? arguments.get(i + 1) : "";
      }
      if (!refusal.harmless.contains(value.strip())) {
        throw new ConfigException(name + "=" + value + " " + refusal.sentence);
      }
    }
  }
}
