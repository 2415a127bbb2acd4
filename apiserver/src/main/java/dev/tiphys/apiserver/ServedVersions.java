package dev.tiphys.apiserver;

import dev.tiphys.api.schema.ResourceType;
import dev.tiphys.daemon.ConfigException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which versions of the API are served: the generally available ones, and what {@code
 * --runtime-config} adds or takes away. The most telling key decides: a resource's before its
 * version's, a version's before its maturity's, and that before {@code api/all}.
 *
 * @param settings key to whether it is served; keys as upstream spells them
 */
record ServedVersions(Map<String, Boolean> settings) {

  private static final Pattern GA = Pattern.compile("v[1-9][0-9]*");
  private static final Set<String> WIDE = Set.of("api/all", "api/ga", "api/beta", "api/alpha");
  private static final Pattern SPECIFIC =
      Pattern.compile("[a-z0-9.-]+/v[0-9a-z]+(/[a-z]+)?|v[0-9a-z]+(/[a-z]+)?");

  ServedVersions {
    settings = Map.copyOf(settings);
  }

  /**
   * Reads the flag's values.
   *
   * @param pairs {@code key=true}, {@code key=false} or {@code key}
   * @throws ConfigException if a key or value is none of those
   */
  static ServedVersions of(List<String> pairs) {
    Map<String, Boolean> settings = new LinkedHashMap<>();
    for (String pair : pairs) {
      int equals = pair.indexOf('=');
      String key = equals < 0 ? pair : pair.substring(0, equals);
      String value = equals < 0 ? "" : pair.substring(equals + 1);
      if (!WIDE.contains(key) && !SPECIFIC.matcher(key).matches()) {
        throw ConfigException.flag(
            "--runtime-config",
            "\""
                + key
                + "\" is none of api/all, api/ga, api/beta, api/alpha, GROUP/VERSION and"
                + " GROUP/VERSION/RESOURCE");
      }
      if (!value.isEmpty() && !value.equals("true") && !value.equals("false")) {
        throw ConfigException.flag("--runtime-config", key + " is true or false, not " + value);
      }
      settings.put(key, !value.equals("false"));
    }
    return new ServedVersions(settings);
  }

  /** Whether a resource is served. */
  boolean serves(ResourceType<?> type) {
    String version = type.kind().apiVersion();
    String maturity = maturity(type.version());
    for (String key : List.of(version + "/" + type.plural(), version, "api/" + maturity)) {
      Boolean stated = settings.get(key);
      if (stated != null) {
        return stated;
      }
    }
    return settings.getOrDefault("api/all", maturity.equals("ga"));
  }

  /** Whether a version is generally available. */
  static boolean isStable(String version) {
    return GA.matcher(version).matches();
  }

  private static String maturity(String version) {
    if (isStable(version)) {
      return "ga";
    }
    return version.contains("beta") ? "beta" : "alpha";
  }
}
