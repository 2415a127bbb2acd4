package dev.tiphys.apiserver.cel;

import dev.cel.common.types.CelType;
import dev.cel.common.types.OpaqueType;
import dev.cel.common.types.SimpleType;
import java.util.ArrayList;
import java.util.List;

/** {@code semver} and what can be asked of it. */
final class SemverFunctions {

  private static final OpaqueType SEMVER = OpaqueType.create("kubernetes.Semver");

  private SemverFunctions() {}

  static List<Function> all() {
    List<Function> all = new ArrayList<>();
    for (boolean lenient : new boolean[] {false, true}) {
      List<CelType> types =
          lenient ? List.of(SimpleType.STRING, SimpleType.BOOL) : List.of(SimpleType.STRING);
      Class<?>[] classes =
          lenient ? new Class<?>[] {String.class, Boolean.class} : new Class<?>[] {String.class};
      String suffix = lenient ? "_normalize" : "";
      all.add(
          Function.global(
              "semver",
              "kube_semver" + suffix,
              SEMVER,
              arguments -> parse(arguments),
              types,
              classes));
      all.add(
          Function.global(
              "isSemver",
              "kube_is_semver" + suffix,
              SimpleType.BOOL,
              arguments -> isSemver(arguments),
              types,
              classes));
    }
    unary(all, "major", Semver::major);
    unary(all, "minor", Semver::minor);
    unary(all, "patch", Semver::patch);
    binary(all, "isLessThan", SimpleType.BOOL, (one, other) -> one.compareTo(other) < 0);
    binary(all, "isGreaterThan", SimpleType.BOOL, (one, other) -> one.compareTo(other) > 0);
    binary(
        all,
        "compareTo",
        SimpleType.INT,
        (one, other) -> (long) Integer.signum(one.compareTo(other)));
    return all;
  }

  private static Semver parse(Object[] arguments) {
    boolean normalize = arguments.length > 1 && (Boolean) arguments[1];
    return Semver.parse((String) arguments[0], normalize);
  }

  private static boolean isSemver(Object[] arguments) {
    try {
      return parse(arguments) != null;
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  private interface Part {
    long of(Semver version);
  }

  private interface Binary {
    Object of(Semver one, Semver other);
  }

  private static void unary(List<Function> all, String name, Part part) {
    all.add(
        Function.member(
            name,
            "kube_semver_" + name,
            SimpleType.INT,
            arguments -> part.of((Semver) arguments[0]),
            List.of(SEMVER),
            Semver.class));
  }

  private static void binary(List<Function> all, String name, CelType result, Binary body) {
    all.add(
        Function.member(
            name,
            "kube_semver_" + name,
            result,
            arguments -> body.of((Semver) arguments[0], (Semver) arguments[1]),
            List.of(SEMVER, SEMVER),
            Semver.class,
            Semver.class));
  }
}
