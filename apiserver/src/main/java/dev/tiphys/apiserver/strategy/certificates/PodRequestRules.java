package dev.tiphys.apiserver.strategy.certificates;

import dev.tiphys.api.certificates.v1beta1.PodCertificateRequest;
import dev.tiphys.api.certificates.v1beta1.PodCertificateRequestSpec;
import dev.tiphys.api.certificates.v1beta1.PodCertificateRequestStatus;
import dev.tiphys.api.meta.v1.Condition;
import dev.tiphys.api.names.DnsNames;
import dev.tiphys.api.names.LabelNames;
import dev.tiphys.api.validation.FieldError;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.Checks;
import dev.tiphys.apiserver.strategy.Conditions;
import dev.tiphys.apiserver.strategy.KindRules;
import dev.tiphys.apiserver.strategy.Strategy;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The rules of PodCertificateRequest: a kubelet asks for its pod, once; the signer answers, once.
 */
public final class PodRequestRules {

  private static final Path SPEC = Path.of("spec");
  private static final Path STATUS = Path.of("status");
  private static final List<String> ANSWERS = List.of("Issued", "Denied", "Failed");
  private static final int SHORTEST_SECONDS = 3600;
  private static final int LONGEST_SECONDS = 91 * 24 * 3600;
  private static final int LONGEST_OF_OURS = 24 * 3600;
  private static final int LONGEST_UID = 128;

  private final InstantSource clock;

  private PodRequestRules(InstantSource clock) {
    this.clock = clock;
  }

  /** The rules; by the clock certificates are new when they are handed in. */
  public static Strategy<PodCertificateRequest> rules(InstantSource clock) {
    PodRequestRules rules = new PodRequestRules(clock);
    return KindRules.<PodCertificateRequest>builder()
        .generations(false)
        .validateNew((object, errors) -> validate(in(object), errors))
        .change((object, old, errors) -> Checks.immutable(in(object), in(old), SPEC, errors))
        .statusChange(rules::changeStatus)
        .field("spec.signerName", o -> in(o).signerName())
        .field("spec.podName", o -> in(o).podName())
        .field("spec.nodeName", o -> in(o).nodeName())
        .build();
  }

  private static PodCertificateRequestSpec in(PodCertificateRequest object) {
    return Objects.requireNonNullElse(object.spec(), PodCertificateRequestSpec.EMPTY);
  }

  private static PodCertificateRequestStatus of(PodCertificateRequest object) {
    return Objects.requireNonNullElse(object.status(), PodCertificateRequestStatus.EMPTY);
  }

  private static void validate(PodCertificateRequestSpec spec, FieldErrors errors) {
    SignerNames.validate(spec.signerName(), SPEC.child("signerName"), errors);
    Path annotations = SPEC.child("unverifiedUserAnnotations");
    spec.unverifiedUserAnnotations()
        .keySet()
        .forEach(
            key -> errors.invalid(annotations, key, LabelNames.key(key.toLowerCase(Locale.ROOT))));
    name(spec.podName(), SPEC.child("podName"), errors);
    uid(spec.podUID(), SPEC.child("podUID"), errors);
    name(spec.serviceAccountName(), SPEC.child("serviceAccountName"), errors);
    uid(spec.serviceAccountUID(), SPEC.child("serviceAccountUID"), errors);
    name(spec.nodeName(), SPEC.child("nodeName"), errors);
    uid(spec.nodeUID(), SPEC.child("nodeUID"), errors);
    Path path = SPEC.child("maxExpirationSeconds");
    Integer seconds = spec.maxExpirationSeconds();
    if (seconds == null) {
      errors.required(path, "must be set");
      return;
    }
    String signer = String.valueOf(spec.signerName());
    String domain = signer.substring(0, Math.max(0, signer.indexOf('/')));
    boolean ours = domain.equals("kubernetes.io") || domain.endsWith(".kubernetes.io");
    int longest = ours ? LONGEST_OF_OURS : LONGEST_SECONDS;
    if (seconds < SHORTEST_SECONDS || seconds > longest) {
      errors.invalid(
          path, seconds, "must be in the range [" + SHORTEST_SECONDS + ", " + longest + "]");
    }
    PodKeys.validate(spec, errors);
  }

  private static void name(@Nullable String name, Path path, FieldErrors errors) {
    String text = name == null ? "" : name;
    errors.invalid(path, text, DnsNames.subdomain(text));
  }

  private static void uid(@Nullable String uid, Path path, FieldErrors errors) {
    if (uid == null || uid.isEmpty()) {
      errors.invalid(path, "", "must not be empty");
    }
    Checks.notLonger(uid, LONGEST_UID, path, errors);
  }

  private void changeStatus(
      PodCertificateRequest object, PodCertificateRequest old, FieldErrors errors) {
    PodCertificateRequestStatus status = of(object);
    PodCertificateRequestStatus before = of(old);
    Path path = STATUS.child("conditions");
    int answers = 0;
    for (int i = 0; i < status.conditions().size(); i++) {
      Condition condition = status.conditions().get(i);
      Path at = path.child("[" + i + "]");
      if (!ANSWERS.contains(String.valueOf(condition.type()))) {
        errors.notSupported(at.child("type"), condition.type(), ANSWERS);
        continue;
      }
      if (++answers > 1) {
        errors.invalid(
            at.child("type"),
            condition.type(),
            "There may be at most one condition with type \"Issued\", \"Denied\", or"
                + " \"Failed\"");
      }
      Checks.oneOf(condition.status(), List.of("True"), at.child("status"), errors);
    }
    Conditions.validate(status.conditions(), path, errors);
    if (!errors.isEmpty()) {
      return;
    }
    if (is(before, "Issued") || is(before, "Denied") || is(before, "Failed")) {
      same(
          status,
          before,
          "immutable after PodCertificateRequest is issued, denied, or failed",
          errors);
    } else if (is(status, "Denied") || is(status, "Failed")) {
      same(
          status,
          PodCertificateRequestStatus.builder().conditions(status.conditions()).build(),
          "non-condition status fields must be empty when denying or failing the"
              + " PodCertificateRequest",
          errors);
    } else if (is(status, "Issued")) {
      IssuedChain.validate(in(object), status, clock.instant(), errors);
    } else {
      same(
          status,
          before,
          "status is immutable unless transitioning to \"Issued\", \"Denied\", or \"Failed\"",
          errors);
    }
  }

  private static boolean is(PodCertificateRequestStatus status, String type) {
    return status.conditions().stream()
        .anyMatch(c -> type.equals(c.type()) && "True".equals(c.status()));
  }

  private static void same(
      PodCertificateRequestStatus status,
      PodCertificateRequestStatus wanted,
      String why,
      FieldErrors errors) {
    if (!status.equals(wanted)) {
      errors.invalid(STATUS, FieldError.OMITTED, why);
    }
  }
}
