package dev.tiphys.cli.write;

import dev.tiphys.cli.Failure;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Arguments as {@code pod web-0 tier=front old-}: what they are about, what to set, what to remove.
 * Pure.
 */
record Pairs(List<String> resources, Map<String, String> set, Set<String> remove) {

  /**
   * Reads arguments.
   *
   * @param what labels or annotations, for messages
   * @throws Failure if they make no sense
   */
  static Pairs parse(List<String> arguments, String what) {
    List<String> resources = new ArrayList<>();
    Map<String, String> set = new LinkedHashMap<>();
    Set<String> remove = new LinkedHashSet<>();
    boolean pairs = false;
    for (String argument : arguments) {
      int equals = argument.indexOf('=');
      boolean removal = equals < 0 && argument.endsWith("-") && argument.length() > 1;
      if (equals > 0) {
        pairs = true;
        set.put(argument.substring(0, equals), argument.substring(equals + 1));
      } else if (removal) {
        pairs = true;
        remove.add(argument.substring(0, argument.length() - 1));
      } else if (pairs) {
        throw Failure.of("all resources must be specified before %s changes: %s", what, argument);
      } else {
        resources.add(argument);
      }
    }
    for (String key : remove) {
      if (set.containsKey(key)) {
        throw Failure.of("can not both modify and remove %s in the same command", "a " + what);
      }
    }
    return new Pairs(resources, set, remove);
  }
}
