package dev.tiphys.apiserver.strategy.certificates;

import dev.tiphys.api.certificates.v1.CertificateSigningRequest;
import dev.tiphys.api.certificates.v1.CertificateSigningRequestCondition;
import dev.tiphys.api.certificates.v1.CertificateSigningRequestSpec;
import dev.tiphys.api.certificates.v1.CertificateSigningRequestStatus;
import dev.tiphys.api.merge.FieldSet;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.api.value.Bytes;
import dev.tiphys.apiserver.strategy.Checks;
import dev.tiphys.apiserver.strategy.KindRules;
import dev.tiphys.apiserver.strategy.PartRules;
import dev.tiphys.apiserver.strategy.StatusPart;
import dev.tiphys.apiserver.strategy.Strategy;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The rules of CertificateSigningRequest: what is asked never changes; whether it is granted is
 * said through {@code approval}, the certificate comes through {@code status}.
 */
public final class SigningRequestRules {

  private static final Path SPEC = Path.of("spec");
  private static final Path STATUS = Path.of("status");
  private static final int SHORTEST_SECONDS = 600;
  private static final Set<String> DECISIONS = Set.of("Approved", "Denied");
  private static final Set<String> LASTING = Set.of("Approved", "Denied", "Failed");
  private static final List<String> USAGES =
      List.of(
          "any",
          "cert sign",
          "client auth",
          "code signing",
          "content commitment",
          "crl sign",
          "data encipherment",
          "decipher only",
          "digital signature",
          "email protection",
          "encipher only",
          "ipsec end system",
          "ipsec tunnel",
          "ipsec user",
          "key agreement",
          "key encipherment",
          "microsoft sgc",
          "netscape sgc",
          "ocsp signing",
          "s/mime",
          "server auth",
          "signing",
          "timestamping");

  private final InstantSource clock;

  private SigningRequestRules(InstantSource clock) {
    this.clock = clock;
  }

  /** The rules; the clock tells when a condition was set. */
  public static Strategy<CertificateSigningRequest> rules(InstantSource clock) {
    SigningRequestRules rules = new SigningRequestRules(clock);
    return KindRules.<CertificateSigningRequest>builder()
        .validate(SigningRequestRules::validate)
        .update((object, old) -> StatusPart.copy(old, object).withSpec(old.spec()))
        .statusUpdate(rules::keepOnStatus)
        .statusChange(SigningRequestRules::changeStatus)
        .part(
            "approval",
            new PartRules<>(
                rules::keepOnApproval,
                SigningRequestRules::changeApproval,
                FieldSet.of("spec").union(FieldSet.of("status", "certificate"))))
        .generations(false)
        .field("spec.signerName", o -> in(o).signerName())
        .build();
  }

  private static CertificateSigningRequestSpec in(CertificateSigningRequest object) {
    return Objects.requireNonNullElse(object.spec(), CertificateSigningRequestSpec.EMPTY);
  }

  private static CertificateSigningRequestStatus of(CertificateSigningRequest object) {
    return Objects.requireNonNullElse(object.status(), CertificateSigningRequestStatus.EMPTY);
  }

  private static void validate(CertificateSigningRequest object, FieldErrors errors) {
    CertificateSigningRequestSpec spec = in(object);
    validateRequest(spec.request(), errors);
    if (spec.usages().isEmpty()) {
      errors.required(SPEC.child("usages"), "");
    }
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < spec.usages().size(); i++) {
      String usage = spec.usages().get(i);
      if (!USAGES.contains(usage)) {
        errors.notSupported(SPEC.child("usages").index(i), usage, USAGES);
      }
      if (!seen.add(usage)) {
        errors.duplicate(SPEC.child("usages").index(i), usage);
      }
    }
    if ("kubernetes.io/legacy-unknown".equals(spec.signerName())) {
      errors.invalid(
          SPEC.child("signerName"),
          spec.signerName(),
          "the legacy signerName is not allowed via this API version");
    } else {
      SignerNames.validate(spec.signerName(), SPEC.child("signerName"), errors);
    }
    if (spec.expirationSeconds() != null && spec.expirationSeconds() < SHORTEST_SECONDS) {
      errors.invalid(
          SPEC.child("expirationSeconds"),
          spec.expirationSeconds(),
          "may not specify a duration less than 600 seconds (10 minutes)");
    }
  }

  private static void validateRequest(@Nullable Bytes request, FieldErrors errors) {
    String fault = requestFault(request);
    if (fault != null) {
      errors.invalid(SPEC.child("request"), request == null ? "" : request, fault);
    }
  }

  private static @Nullable String requestFault(@Nullable Bytes request) {
    List<PemBlock> blocks = PemBlock.all(text(request));
    if (blocks.isEmpty() || !blocks.getFirst().type().equals("CERTIFICATE REQUEST")) {
      return "PEM block type must be CERTIFICATE REQUEST";
    }
    try {
      SigningRequest.parse(blocks.getFirst().content()).verify();
      return null;
    } catch (IllegalArgumentException e) {
      return e.getMessage();
    }
  }

  private static String text(@Nullable Bytes bytes) {
    return bytes == null ? "" : new String(bytes.toByteArray(), StandardCharsets.US_ASCII);
  }

  /** What is wrong with a certificate that was issued, or null. */
  private static @Nullable String certificateFault(Bytes certificate) {
    List<PemBlock> blocks = PemBlock.all(text(certificate));
    for (PemBlock block : blocks) {
      if (!block.type().equals("CERTIFICATE")) {
        return "only CERTIFICATE PEM blocks are allowed, found \"" + block.type() + "\"";
      }
      if (block.headers()) {
        return "no PEM block headers are permitted";
      }
      if (block.certificate() == null) {
        return "x509: malformed certificate";
      }
    }
    return blocks.isEmpty() ? "must contain at least one CERTIFICATE PEM block" : null;
  }

  /** The status path brings certificates; decisions stay as they were. */
  private CertificateSigningRequest keepOnStatus(
      CertificateSigningRequest object, CertificateSigningRequest old) {
    CertificateSigningRequest kept = StatusPart.onlyStatusOf(object, old);
    List<CertificateSigningRequestCondition> conditions =
        new ArrayList<>(of(kept).conditions().stream().filter(c -> !isDecision(c)).toList());
    conditions.addAll(0, of(old).conditions().stream().filter(c -> isDecision(c)).toList());
    return kept.withStatus(of(kept).withConditions(timed(conditions, of(old))));
  }

  /** The approval path brings decisions; everything else stays as it was. */
  private CertificateSigningRequest keepOnApproval(
      CertificateSigningRequest object, CertificateSigningRequest old) {
    return old.withMetadata(StatusPart.onlyStatusOf(object, old).metadata())
        .withStatus(of(old).withConditions(timed(of(object).conditions(), of(old))));
  }

  private static boolean isDecision(CertificateSigningRequestCondition condition) {
    return DECISIONS.contains(String.valueOf(condition.type()));
  }

  /** Conditions with the times that clients left out. */
  private List<CertificateSigningRequestCondition> timed(
      List<CertificateSigningRequestCondition> conditions, CertificateSigningRequestStatus old) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    return conditions.stream()
        .map(c -> {
          CertificateSigningRequestCondition had =
              old.conditions().stream()
                  .filter(o -> Objects.equals(o.type(), c.type()))
                  .findFirst()
                  .orElse(null);
          Instant since =
              had != null && Objects.equals(had.status(), c.status())
                  ? had.lastTransitionTime()
                  : now;
          return c.toBuilder()
              .lastUpdateTime(c.lastUpdateTime() == null ? now : c.lastUpdateTime())
              .lastTransitionTime(c.lastTransitionTime() == null ? since : c.lastTransitionTime())
              .build();
        })
        .toList();
  }

  private static void changeApproval(
      CertificateSigningRequest object, CertificateSigningRequest old, FieldErrors errors) {
    validateConditions(object, old, errors);
  }

  private static void changeStatus(
      CertificateSigningRequest object, CertificateSigningRequest old, FieldErrors errors) {
    validateConditions(object, old, errors);
    Bytes had = of(old).certificate();
    if (had != null && had.size() > 0 && !had.equals(of(object).certificate())) {
      errors.forbidden(
          STATUS.child("certificate"), "updates may not modify existing certificate content");
    }
    Bytes certificate = of(object).certificate();
    if (certificate != null && certificate.size() > 0 && !certificate.equals(had)) {
      String fault = certificateFault(certificate);
      if (fault != null) {
        errors.invalid(STATUS.child("certificate"), "<certificate data>", fault);
      }
    }
  }

  private static void validateConditions(
      CertificateSigningRequest object, CertificateSigningRequest old, FieldErrors errors) {
    Path path = STATUS.child("conditions");
    Set<String> types = new HashSet<>();
    List<CertificateSigningRequestCondition> conditions = of(object).conditions();
    for (int i = 0; i < conditions.size(); i++) {
      CertificateSigningRequestCondition condition = conditions.get(i);
      String type = Objects.requireNonNullElse(condition.type(), "");
      Path at = path.index(i);
      Checks.present(condition.type(), at.child("type"), errors);
      boolean lasting = LASTING.contains(type);
      Checks.requiredOneOf(
          condition.status(),
          lasting ? List.of("True") : List.of("False", "True", "Unknown"),
          at.child("status"),
          errors);
      boolean other = DECISIONS.contains(type) && types.contains(opposite(type));
      if (other) {
        errors.invalid(
            at.child("type"), type, "Approved and Denied conditions are mutually exclusive");
      }
      if (!types.add(type)) {
        errors.duplicate(at.child("type"), type);
      }
    }
    for (CertificateSigningRequestCondition had : of(old).conditions()) {
      String type = String.valueOf(had.type());
      if (LASTING.contains(type) && !types.contains(type)) {
        errors.forbidden(path, "updates may not remove a condition of type \"" + type + "\"");
      }
    }
  }

  private static String opposite(String decision) {
    return decision.equals("Approved") ? "Denied" : "Approved";
  }
}
