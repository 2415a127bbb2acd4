package dev.tiphys.apiserver.strategy.coordination;

import dev.tiphys.api.coordination.v1beta1.LeaseCandidate;
import dev.tiphys.api.coordination.v1beta1.LeaseCandidateSpec;
import dev.tiphys.api.names.FieldNames;
import dev.tiphys.api.names.LabelNames;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.Checks;
import dev.tiphys.apiserver.strategy.KindRules;
import dev.tiphys.apiserver.strategy.Strategy;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The rules of LeaseCandidate: who would like to hold a lease, and what it is able to. */
public final class CandidateRules {

  private static final Path SPEC = Path.of("spec");
  private static final String OLDEST = "OldestEmulationVersion";
  private static final String VERSION =
      "(0|[1-9]\\d{0,8})\\.(0|[1-9]\\d{0,8})\\.(0|[1-9]\\d{0,8})(-[0-9A-Za-z.-]+)?"
          + "(\\+[0-9A-Za-z.-]+)?";

  private CandidateRules() {}

  /** The rules. */
  public static Strategy<LeaseCandidate> rules() {
    return KindRules.<LeaseCandidate>builder()
        .names(FieldNames::configKey)
        .validate((object, errors) -> validate(in(object), errors))
        .change((object, old, errors) ->
            Checks.immutable(
                in(object).leaseName(), in(old).leaseName(), SPEC.child("leaseName"), errors))
        .createsOnUpdate()
        .conditional()
        .build();
  }

  private static LeaseCandidateSpec in(LeaseCandidate object) {
    return Objects.requireNonNullElse(object.spec(), LeaseCandidateSpec.EMPTY);
  }

  private static void validate(LeaseCandidateSpec spec, FieldErrors errors) {
    Checks.present(spec.leaseName(), SPEC.child("leaseName"), errors);
    String emulated = spec.emulationVersion() == null ? "" : spec.emulationVersion();
    String binary = spec.binaryVersion();
    version(emulated, SPEC.child("emulationVersion"), errors);
    if (Checks.present(binary, SPEC.child("binaryVersion"), errors)) {
      version(String.valueOf(binary), SPEC.child("binaryVersion"), errors);
      if (isOlder(String.valueOf(binary), emulated)) {
        errors.invalid(
            SPEC.child("binaryVersion"),
            binary,
            "must be greater than or equal to `emulationVersion`");
      }
    }
    if (!Checks.present(spec.strategy(), SPEC.child("strategy"), errors)) {
      return;
    }
    if (OLDEST.equals(spec.strategy()) && emulated.isEmpty()) {
      errors.required(
          SPEC.child("emulationVersion"),
          "must be specified when `strategy` is 'OldestEmulationVersion'");
    }
    validateStrategy(String.valueOf(spec.strategy()), SPEC.child("strategy"), errors);
  }

  private static void version(String text, Path path, FieldErrors errors) {
    if (!text.isEmpty() && !text.matches(VERSION)) {
      errors.invalid(path, text, "must be a valid semantic version");
    }
  }

  private static boolean isOlder(String one, String other) {
    int[] mine = numbers(one);
    int[] theirs = numbers(other);
    return mine != null && theirs != null && Arrays.compare(mine, theirs) < 0;
  }

  private static int @Nullable [] numbers(String version) {
    return version.matches(VERSION)
        ? Arrays.stream(version.replaceAll("[-+].*", "").split("\\.", -1))
            .mapToInt(Integer::parseInt)
            .toArray()
        : null;
  }

  /** A way to choose a holder: the system's own, or a qualified name of somebody else's. */
  static void validateStrategy(String strategy, Path path, FieldErrors errors) {
    if (strategy.contains("/")) {
      errors.invalid(path.child("strategy"), strategy, LabelNames.key(strategy));
    } else if (!strategy.equals(OLDEST)) {
      errors.notSupported(path.child("strategy"), strategy, List.of(OLDEST));
    }
  }
}
