package dev.tiphys.apiserver.strategy.certificates;

import dev.tiphys.api.certificates.v1beta1.PodCertificateRequestSpec;
import dev.tiphys.api.certificates.v1beta1.PodCertificateRequestStatus;
import dev.tiphys.api.validation.FieldError;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.api.value.Bytes;
import java.security.PublicKey;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a signer gave for a pod: a chain of certificates that says what the status says. Pure. */
final class IssuedChain {

  private static final int LONGEST = 100 * 1024;
  private static final Path STATUS = Path.of("status");
  private static final Path CHAIN = STATUS.child("certificateChain");
  private static final Duration SKEW = Duration.ofMinutes(5);
  private static final Duration MARGIN = Duration.ofMinutes(10);
  private static final Duration SHORTEST = Duration.ofHours(1);
  private static final int EMAIL = 1;
  private static final int DNS = 2;

  private IssuedChain() {}

  /**
   * Says what is wrong, the first that is.
   *
   * @param now by the server's clock
   */
  static void validate(
      PodCertificateRequestSpec spec,
      PodCertificateRequestStatus status,
      Instant now,
      FieldErrors errors) {
    String text = status.certificateChain() == null ? "" : status.certificateChain();
    if (text.length() > LONGEST) {
      errors.add(FieldError.tooLong(CHAIN, LONGEST));
      return;
    }
    List<PemBlock> blocks = PemBlock.all(text);
    if (blocks.isEmpty()) {
      errors.invalid(CHAIN, text, "issued certificate chain must contain at least one certificate");
      return;
    }
    X509Certificate leaf = null;
    for (int i = 0; i < blocks.size(); i++) {
      if (!blocks.get(i).type().equals("CERTIFICATE")) {
        errors.invalid(
            CHAIN,
            text,
            "issued certificate chain must consist entirely of CERTIFICATE PEM blocks");
        return;
      }
      X509Certificate certificate = blocks.get(i).certificate();
      if (certificate == null) {
        String which = i == 0 ? "leaf" : "intermediate";
        errors.invalid(CHAIN, text, which + " certificate does not parse as valid X.509");
        return;
      }
      leaf = leaf == null ? certificate : leaf;
    }
    validateNames(Objects.requireNonNull(leaf), errors);
    if (!Objects.equals(requested(spec), leaf.getPublicKey())) {
      errors.invalid(CHAIN, text, "leaf certificate was not issued to the requested public key");
    } else {
      validateTimes(spec, status, leaf, now, errors);
    }
  }

  private static @Nullable PublicKey requested(PodCertificateRequestSpec spec) {
    Bytes stub = spec.stubPKCS10Request();
    Bytes key = spec.pkixPublicKey();
    try {
      if (stub != null && stub.size() > 0) {
        return SigningRequest.parse(stub.toByteArray()).key();
      }
      return key == null ? null : SigningRequest.key(key.toByteArray());
    } catch (IllegalArgumentException _) {
      return null;
    }
  }

  private static void validateNames(X509Certificate leaf, FieldErrors errors) {
    Collection<List<?>> names;
    try {
      names = Objects.requireNonNullElse(leaf.getSubjectAlternativeNames(), List.of());
    } catch (CertificateParsingException _) {
      errors.invalid(CHAIN, "", "leaf certificate does not parse as valid X.509");
      return;
    }
    for (List<?> name : names) {
      String text = String.valueOf(name.get(1));
      if (name.get(0).equals(DNS)) {
        validateHost(text, errors);
      } else if (name.get(0).equals(EMAIL)
          && !text.matches("[^@\\s<>(),;:\"]+@[^@\\s<>(),;:\"]+")) {
        errors.invalid(CHAIN, text, "leaf certificate should not contain invalid EmailAddress");
      }
    }
  }

  private static void validateHost(String host, FieldErrors errors) {
    if (host.isEmpty()) {
      errors.invalid(CHAIN, host, "leaf certificate should not contain empty DNSName");
    }
    if (host.contains("..")) {
      errors.invalid(CHAIN, host, "leaf certificate's DNSName should not contain '..'");
    }
    if (host.startsWith(".") || host.endsWith(".")) {
      errors.invalid(CHAIN, host, "leaf certificate's DNSName should not start or end with '.'");
    }
  }

  private static void validateTimes(
      PodCertificateRequestSpec spec,
      PodCertificateRequestStatus status,
      X509Certificate leaf,
      Instant now,
      FieldErrors errors) {
    Instant begin = status.notBefore();
    Instant end = status.notAfter();
    Instant refresh = status.beginRefreshAt();
    String consistent = "must be present and consistent with the issued certificate";
    if (begin == null) {
      errors.required(STATUS.child("notBefore"), consistent);
    }
    if (end == null) {
      errors.required(STATUS.child("notAfter"), consistent);
    }
    if (refresh == null) {
      errors.required(
          STATUS.child("beginRefreshAt"),
          "must be present and in the range [notbefore+10min, notafter-10min]");
    }
    if (begin == null || end == null || refresh == null || !errors.isEmpty()) {
      return;
    }
    Duration life =
        Duration.between(leaf.getNotBefore().toInstant(), leaf.getNotAfter().toInstant());
    Integer most = spec.maxExpirationSeconds();
    if (!begin.equals(leaf.getNotBefore().toInstant())) {
      errors.invalid(
          STATUS.child("notBefore"),
          begin.toString(),
          "must be set to the NotBefore time encoded in the leaf certificate");
    } else if (Duration.between(begin, now).abs().compareTo(SKEW) >= 0) {
      errors.invalid(
          STATUS.child("notBefore"),
          begin.toString(),
          "must be set to within 5 minutes of kube-apiserver's current time");
    } else if (!end.equals(leaf.getNotAfter().toInstant())) {
      errors.invalid(
          STATUS.child("notAfter"),
          end.toString(),
          "must be set to the NotAfter time encoded in the leaf certificate");
    } else if (life.compareTo(SHORTEST) < 0) {
      errors.invalid(CHAIN, life.toNanos(), "leaf certificate lifetime must be >= 1 hour");
    } else if (most != null && life.getSeconds() > most) {
      errors.invalid(
          CHAIN,
          life.toNanos(),
          "leaf certificate lifetime must be <= spec.maxExpirationSeconds (" + most + ")");
    } else if (refresh.isBefore(begin.plus(MARGIN))) {
      errors.invalid(
          STATUS.child("beginRefreshAt"),
          refresh.toString(),
          "must be at least 10 minutes after status.notBefore");
    } else if (refresh.isAfter(end.minus(MARGIN))) {
      errors.invalid(
          STATUS.child("beginRefreshAt"),
          refresh.toString(),
          "must be at least 10 minutes before status.notAfter");
    }
  }
}
