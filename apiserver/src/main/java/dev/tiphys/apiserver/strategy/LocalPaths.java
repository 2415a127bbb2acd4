package dev.tiphys.apiserver.strategy;

import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;

/** Paths that must stay within something: a volume, a directory of profiles. Pure. */
public final class LocalPaths {

  private LocalPaths() {}

  /** The path never goes up. */
  public static void checkNoBacksteps(String local, Path path, FieldErrors errors) {
    if (stepsBack(local)) {
      errors.invalid(path, local, "must not contain '..'");
    }
  }

  /** The path is relative and never goes up. */
  public static void checkDescending(String local, Path path, FieldErrors errors) {
    if (local.startsWith("/")) {
      errors.invalid(path, local, "must be a relative path");
    }
    checkNoBacksteps(local, path, errors);
  }

  /** As {@link #checkDescending}, and the name is none that the kubelet keeps for itself. */
  public static void checkUnreserved(String local, Path path, FieldErrors errors) {
    checkDescending(local, path, errors);
    if (local.startsWith("..") && !stepsBack(local)) {
      errors.invalid(path, local, "must not start with '..'");
    }
  }

  /** Whether a part of the path is {@code ..}. */
  public static boolean stepsBack(String local) {
    if (!local.contains("..")) {
      return false;
    }
    for (String part : local.split("/", -1)) {
      if (part.equals("..")) {
        return true;
      }
    }
    return false;
  }
}
