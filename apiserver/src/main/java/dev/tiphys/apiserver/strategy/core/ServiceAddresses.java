package dev.tiphys.apiserver.strategy.core;

import dev.tiphys.api.core.v1.ServiceSpec;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.Checks;
import dev.tiphys.apiserver.strategy.IpText;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is wrong with the cluster addresses of a service and with their families. Pure. */
final class ServiceAddresses {

  private static final Path SPEC = Path.of("spec");
  private static final Path ADDRESSES = SPEC.child("clusterIPs");
  private static final Path FAMILIES = SPEC.child("ipFamilies");
  private static final String FIXED = "may not change once set";
  private static final List<String> KNOWN_FAMILIES = List.of("IPv4", "IPv6");
  private static final List<String> KNOWN_POLICIES =
      List.of("PreferDualStack", "RequireDualStack", "SingleStack");

  private ServiceAddresses() {}

  static void validate(ServiceSpec spec, FieldErrors errors) {
    List<String> ips = spec.clusterIPs();
    String first = text(spec.clusterIP());
    if (first.isEmpty() && !ips.isEmpty()) {
      errors.invalid(ADDRESSES, ips, "must be empty when `clusterIP` is not specified");
    } else if (!first.isEmpty() && ips.isEmpty()) {
      errors.required(ADDRESSES, "");
    } else if (!ips.isEmpty() && !ips.getFirst().equals(first)) {
      errors.invalid(ADDRESSES, ips, "first value must match `clusterIP`");
    }
    Set<String> families = new HashSet<>();
    for (int i = 0; i < spec.ipFamilies().size(); i++) {
      String family = spec.ipFamilies().get(i);
      Checks.oneOf(family, KNOWN_FAMILIES, FAMILIES.index(i), errors);
      if (!families.add(family)) {
        errors.duplicate(FAMILIES.index(i), family);
      }
    }
    Checks.oneOf(spec.ipFamilyPolicy(), KNOWN_POLICIES, SPEC.child("ipFamilyPolicy"), errors);
    validateEach(spec, ips, errors);
  }

  private static void validateEach(ServiceSpec spec, List<String> ips, FieldErrors errors) {
    boolean headless = !ips.isEmpty() && ips.getFirst().equals("None");
    if (headless) {
      if (ips.size() > 1) {
        errors.invalid(ADDRESSES, ips, "'None' must be the first and only value");
      }
      return;
    }
    boolean good = true;
    for (int i = 0; i < ips.size(); i++) {
      IpText.check(ips.get(i), ADDRESSES.index(i), errors);
      good &= IpText.isAddress(ips.get(i));
    }
    if (ips.size() > 2) {
      errors.invalid(ADDRESSES, ips, "may only hold up to 2 values");
    }
    if (!good) {
      return;
    }
    if (ips.size() > 1 && ips.stream().filter(IpText::isV6).count() != 1) {
      errors.invalid(ADDRESSES, ips, "may specify no more than one IP for each IP family");
    }
    for (int i = 0; i < Math.min(ips.size(), spec.ipFamilies().size()); i++) {
      String family = spec.ipFamilies().get(i);
      if (KNOWN_FAMILIES.contains(family) && IpText.isV6(ips.get(i)) != family.equals("IPv6")) {
        errors.invalid(
            ADDRESSES.index(i),
            ips.get(i),
            "expected an " + family + " value as indicated by `ipFamilies[" + i + "]`");
      }
    }
  }

  /** A second address may come and go; the first stays as long as the service has addresses. */
  static void validateUpdate(ServiceSpec spec, ServiceSpec before, FieldErrors errors) {
    boolean named = "ExternalName".equals(spec.type()) || "ExternalName".equals(before.type());
    boolean headless = "None".equals(spec.clusterIP());
    boolean wasHeadless = "None".equals(before.clusterIP());
    if (named || headless && wasHeadless) {
      return;
    }
    new Kept(spec.clusterIPs(), before.clusterIPs(), ADDRESSES, "clusterIP", spec).check(errors);
    if (headless == wasHeadless) {
      new Kept(spec.ipFamilies(), before.ipFamilies(), FAMILIES, "ipFamily", spec).check(errors);
    }
  }

  /** One of the two lists of which the first entry stays. */
  private record Kept(
      List<String> now, List<String> before, Path path, String what, ServiceSpec spec) {

    void check(FieldErrors errors) {
      if (now.size() < before.size()) {
        checkReleased(errors);
      }
      int compared = now.size() == before.size() ? now.size() : Math.min(1, now.size());
      for (int i = 0; i < Math.min(compared, before.size()); i++) {
        if (!now.get(i).equals(before.get(i))) {
          errors.invalid(path.index(path == FAMILIES ? 0 : i), now, FIXED);
        }
      }
    }

    private void checkReleased(FieldErrors errors) {
      if (now.isEmpty()) {
        errors.invalid(path.index(0), now, "primary " + what + " can not be unset");
      } else if (!"SingleStack".equals(spec.ipFamilyPolicy())) {
        errors.invalid(
            SPEC.child("ipFamilyPolicy"),
            spec.ipFamilyPolicy(),
            "must be set to 'SingleStack' when releasing the secondary " + what);
      }
    }
  }

  private static String text(@Nullable String text) {
    return text == null ? "" : text;
  }
}
