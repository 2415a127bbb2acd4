package dev.tiphys.apiserver.strategy;

import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Names of which is only asked that they fit into a path: those of roles, with colons, for one. */
public final class PathNames {

  private PathNames() {}

  /** What is wrong with a name, in the API's words. */
  public static List<String> faults(String name) {
    if (name.equals(".") || name.equals("..")) {
      return List.of("may not be '" + name + "'");
    }
    return Stream.of("/", "%")
        .filter(name::contains)
        .map(part -> "may not contain '" + part + "'")
        .toList();
  }

  /** Says what is wrong with a name that must be there. */
  public static void required(@Nullable String name, String detail, Path path, FieldErrors errors) {
    if (name == null || name.isEmpty()) {
      errors.required(path, detail);
    } else {
      errors.invalid(path, name, faults(name));
    }
  }
}
