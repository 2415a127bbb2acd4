package dev.tiphys.apiserver.strategy.certificates;

import dev.tiphys.api.names.DnsNames;
import dev.tiphys.api.validation.FieldError;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.Checks;
import org.jspecify.annotations.Nullable;

/** How those who sign certificates are named: a domain and a path, {@code example.com/signer}. */
final class SignerNames {

  private static final int LONGEST = DnsNames.MAX_SUBDOMAIN * 2 + DnsNames.MAX_LABEL + 2;

  private SignerNames() {}

  static void validate(@Nullable String name, Path path, FieldErrors errors) {
    if (!Checks.present(name, path, errors)) {
      return;
    }
    String text = String.valueOf(name);
    String[] parts = text.split("/", -1);
    if (parts.length != 2) {
      errors.invalid(
          path,
          text,
          "must be a fully qualified domain and path of the form 'example.com/signer-name'");
      return;
    }
    String domain = parts[0];
    if (domain.isEmpty()) {
      errors.invalid(path, domain, "domain part must be non-empty");
    }
    if (domain.split("\\.", -1).length < 2) {
      errors.invalid(
          path, domain, "should be a domain with at least two segments separated by dots");
    }
    for (String label : domain.split("\\.", -1)) {
      for (String fault : DnsNames.label(label)) {
        errors.invalid(path, domain, "validating label \"" + label + "\": " + fault);
      }
    }
    for (String label : parts[1].split("\\.", -1)) {
      for (String fault : DnsNames.label(label)) {
        errors.invalid(path, parts[1], "validating label \"" + label + "\": " + fault);
      }
      if (!DnsNames.label(label).isEmpty()) {
        break;
      }
    }
    if (text.length() > LONGEST) {
      errors.add(FieldError.tooLong(path, LONGEST));
    }
  }
}
