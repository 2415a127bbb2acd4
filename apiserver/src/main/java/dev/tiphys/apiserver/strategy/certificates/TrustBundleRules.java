package dev.tiphys.apiserver.strategy.certificates;

import dev.tiphys.api.certificates.v1beta1.ClusterTrustBundle;
import dev.tiphys.api.certificates.v1beta1.ClusterTrustBundleSpec;
import dev.tiphys.api.names.DnsNames;
import dev.tiphys.api.validation.FieldError;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.Checks;
import dev.tiphys.apiserver.strategy.KindRules;
import dev.tiphys.apiserver.strategy.Strategy;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The rules of ClusterTrustBundle: certificate authorities that belong together. */
public final class TrustBundleRules {

  private static final Path SPEC = Path.of("spec");
  private static final Path BUNDLE = SPEC.child("trustBundle");
  private static final int LONGEST = 1024 * 1024;
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([^-\\n]+)-----\\n(.*?)-----END \\1-----", Pattern.DOTALL);

  private TrustBundleRules() {}

  /** The rules. */
  public static Strategy<ClusterTrustBundle> rules() {
    return KindRules.<ClusterTrustBundle>builder()
        // What names may be follows from the signer, which is known when the object is judged.
        .names(_ -> List.of())
        .validateNew((object, errors) -> {
          validateName(object, errors);
          validateBundle(in(object).trustBundle(), errors);
        })
        .validate((object, errors) -> {
          String signer = signer(object);
          if (!signer.isEmpty()) {
            SignerNames.validate(signer, SPEC.child("signerName"), errors);
          }
        })
        .change((object, old, errors) -> {
          Checks.immutable(signer(object), signer(old), SPEC.child("signerName"), errors);
          if (!Objects.equals(in(object).trustBundle(), in(old).trustBundle())) {
            validateBundle(in(object).trustBundle(), errors);
          }
        })
        .field("spec.signerName", TrustBundleRules::signer)
        .build();
  }

  private static ClusterTrustBundleSpec in(ClusterTrustBundle object) {
    return Objects.requireNonNullElse(object.spec(), ClusterTrustBundleSpec.EMPTY);
  }

  private static String signer(ClusterTrustBundle object) {
    return Objects.requireNonNullElse(in(object).signerName(), "");
  }

  private static void validateName(ClusterTrustBundle object, FieldErrors errors) {
    String name = String.valueOf(object.metadata().name());
    String signer = signer(object);
    Path path = Path.of("metadata", "name");
    String prefix = signer.isEmpty() ? "" : signer.replace('/', ':') + ":";
    if (signer.isEmpty() && name.contains(":")) {
      errors.invalid(
          path, name, "ClusterTrustBundle without signer name must not have \":\" in its name");
    } else if (!name.startsWith(prefix)) {
      errors.invalid(
          path,
          name,
          "ClusterTrustBundle for signerName " + signer + " must be named with prefix " + prefix);
    } else {
      errors.invalid(path, name, DnsNames.subdomain(name.substring(prefix.length())));
    }
  }

  private static void validateBundle(@Nullable String bundle, FieldErrors errors) {
    String text = bundle == null ? "" : bundle;
    if (text.length() > LONGEST) {
      errors.add(FieldError.tooLong(BUNDLE, LONGEST));
      return;
    }
    List<String> faults = new ArrayList<>();
    Map<String, List<Integer>> anchors = new LinkedHashMap<>();
    Matcher blocks = BLOCK.matcher(text.replace("\r\n", "\n"));
    for (int i = 0; blocks.find(); i++) {
      String content = blocks.group(2);
      if (!blocks.group(1).equals("CERTIFICATE")) {
        faults.add("entry " + i + " has bad block type: " + blocks.group(1));
      } else if (content.contains(":")) {
        faults.add("entry " + i + " has PEM block headers");
      } else {
        X509Certificate certificate = certificate(content);
        if (certificate == null) {
          faults.add("entry " + i + " does not parse as X.509");
        } else if (certificate.getBasicConstraints() < 0) {
          faults.add("entry " + i + " does not have the CA bit set");
        } else {
          anchors.computeIfAbsent(content.replaceAll("\\s", ""), _ -> new ArrayList<>()).add(i);
        }
      }
    }
    if (faults.isEmpty() && anchors.isEmpty()) {
      faults.add("at least one trust anchor must be provided");
    }
    if (faults.isEmpty()) {
      for (List<Integer> same : anchors.values()) {
        if (same.size() > 1) {
          String indices = same.toString().replace(",", "");
          faults.add("duplicate trust anchor (indices " + indices + ")");
        }
      }
    }
    faults.forEach(fault -> errors.invalid(BUNDLE, "<value omitted>", fault));
  }

  private static @Nullable X509Certificate certificate(String base64) {
    try {
      byte[] bytes = Base64.getMimeDecoder().decode(base64.getBytes(StandardCharsets.US_ASCII));
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(bytes));
    } catch (CertificateException | IllegalArgumentException _) {
      return null;
    }
  }
}
