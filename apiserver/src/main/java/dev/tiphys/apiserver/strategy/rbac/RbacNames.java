package dev.tiphys.apiserver.strategy.rbac;

import java.util.List;
import java.util.stream.Stream;

/** Roles and bindings take any name that fits into a path: colons, for one. */
final class RbacNames {

  private RbacNames() {}

  static List<String> faults(String name) {
    if (name.equals(".") || name.equals("..")) {
      return List.of("may not be '" + name + "'");
    }
    return Stream.of("/", "%")
        .filter(name::contains)
        .map(part -> "may not contain '" + part + "'")
        .toList();
  }
}
