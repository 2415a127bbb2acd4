package dev.tiphys.apiserver.strategy.core;

import dev.tiphys.api.core.v1.ServiceSpec;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.IpText;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which families of addresses a service has, from what its user says and what the cluster offers
 * (KEP-563). Nothing is guessed against the user's words: a service changes between one family and
 * two only by its policy, or by families or addresses that are named. Pure.
 */
final class ServiceFamilies {

  private static final Path SPEC = Path.of("spec");
  private static final Path POLICY = SPEC.child("ipFamilyPolicy");
  private static final String SINGLE = "SingleStack";
  private static final String PREFER = "PreferDualStack";
  private static final String REQUIRE = "RequireDualStack";

  private final List<String> offered;

  /**
   * For a cluster.
   *
   * @param offered its families, the default first
   */
  ServiceFamilies(List<String> offered) {
    this.offered = List.copyOf(offered);
  }

  /** A spec with families and policy, or what is wrong with it. */
  record Outcome(ServiceSpec spec, FieldErrors errors) {}

  /**
   * Fills in policy and families. What it has filled stays as it is when filled again.
   *
   * @param before what is stored; null for a new service
   */
  Outcome fill(ServiceSpec spec, @Nullable ServiceSpec before) {
    FieldErrors errors = new FieldErrors();
    // Who prefers two families and changes nothing has what the cluster offered at the time.
    if ("ExternalName".equals(spec.type()) || before != null && prefersTheSame(spec, before)) {
      return new Outcome(spec, errors);
    }
    String policy = policy(spec, before);
    ServiceSpec filled = spec.withIpFamilyPolicy(policy);
    ServiceAddresses.validate(filled, errors);
    if (!errors.isEmpty()) {
      return new Outcome(filled, errors);
    }
    if (before != null) {
      filled = policy.equals(SINGLE) ? reduced(filled, before) : filled;
      checkReduced(filled, before, policy, errors);
    }
    checkSingle(filled, policy, errors);
    List<String> families = withFamiliesOfAddresses(filled, errors);
    if (!errors.isEmpty()) {
      return new Outcome(filled, errors);
    }
    filled = filled.withIpFamilies(families);
    return withoutSelector(filled)
        ? new Outcome(filled.withIpFamilies(forAnyCluster(filled.ipFamilies(), policy)), errors)
        : forThisCluster(filled, policy, errors);
  }

  private static boolean prefersTheSame(ServiceSpec spec, ServiceSpec before) {
    return PREFER.equals(spec.ipFamilyPolicy())
        && PREFER.equals(before.ipFamilyPolicy())
        && spec.clusterIPs().equals(before.clusterIPs())
        && spec.ipFamilies().equals(before.ipFamilies());
  }

  private static String policy(ServiceSpec spec, @Nullable ServiceSpec before) {
    if (spec.ipFamilyPolicy() != null) {
      return spec.ipFamilyPolicy();
    }
    if (before != null && before.ipFamilyPolicy() != null) {
      return before.ipFamilyPolicy();
    }
    return withoutSelector(spec) ? REQUIRE : SINGLE;
  }

  /** Whether somebody else makes the endpoints, of whatever family, and there is no address. */
  private static boolean withoutSelector(ServiceSpec spec) {
    return "None".equals(spec.clusterIP()) && spec.selector().isEmpty();
  }

  /** Who only says SingleStack means that the second family goes. */
  private static ServiceSpec reduced(ServiceSpec spec, ServiceSpec before) {
    ServiceSpec.Builder first = spec.toBuilder();
    if (spec.clusterIPs().size() > 1 && spec.clusterIPs().equals(before.clusterIPs())) {
      first.clusterIPs(spec.clusterIPs().subList(0, 1));
    }
    if (spec.ipFamilies().size() > 1 && spec.ipFamilies().equals(before.ipFamilies())) {
      first.ipFamilies(spec.ipFamilies().subList(0, 1));
    }
    return first.build();
  }

  private static void checkReduced(
      ServiceSpec spec, ServiceSpec before, String policy, FieldErrors errors) {
    if (policy.equals(SINGLE)) {
      return;
    }
    if (fewer(spec.clusterIPs(), before.clusterIPs())) {
      errors.invalid(POLICY, policy, "must be 'SingleStack' to release the secondary cluster IP");
    }
    if (fewer(spec.ipFamilies(), before.ipFamilies())) {
      errors.invalid(POLICY, policy, "must be 'SingleStack' to release the secondary IP family");
    }
  }

  private static boolean fewer(List<String> now, List<String> before) {
    return !now.isEmpty() && now.size() < before.size();
  }

  private static void checkSingle(ServiceSpec spec, String policy, FieldErrors errors) {
    String fault = "must be 'RequireDualStack' or 'PreferDualStack' when multiple ";
    if (policy.equals(SINGLE) && spec.clusterIPs().size() == 2) {
      errors.invalid(POLICY, policy, fault + "cluster IPs are specified");
    }
    if (policy.equals(SINGLE) && spec.ipFamilies().size() == 2) {
      errors.invalid(POLICY, policy, fault + "IP families are specified");
    }
  }

  private List<String> withFamiliesOfAddresses(ServiceSpec spec, FieldErrors errors) {
    List<String> families = new ArrayList<>(spec.ipFamilies());
    List<String> ips = spec.clusterIPs();
    for (int i = 0; i < ips.size() && !ips.get(i).equals("None"); i++) {
      String family = IpText.family(ips.get(i));
      if (i < families.size()) {
        continue;
      }
      if (offered.contains(family)) {
        families.add(family);
      } else {
        errors.invalid(
            SPEC.child("clusterIPs").index(i), ips, family + " is not configured on this cluster");
      }
    }
    return families;
  }

  /** Without selector and address a service has the families it says, whatever the cluster has. */
  private List<String> forAnyCluster(List<String> families, String policy) {
    List<String> all = families.isEmpty() ? List.of(offered.getFirst()) : families;
    return all.size() < 2 && !policy.equals(SINGLE) ? withOther(all.getFirst()) : all;
  }

  private Outcome forThisCluster(ServiceSpec spec, String policy, FieldErrors errors) {
    if (policy.equals(REQUIRE) && offered.size() < 2) {
      errors.invalid(POLICY, policy, "this cluster is not configured for dual-stack services");
    }
    for (int i = 0; i < spec.ipFamilies().size(); i++) {
      String family = spec.ipFamilies().get(i);
      if (!offered.contains(family)) {
        errors.invalid(SPEC.child("ipFamilies").index(i), family, "not configured on this cluster");
      }
    }
    if (!errors.isEmpty()) {
      return new Outcome(spec, errors);
    }
    List<String> families =
        spec.ipFamilies().isEmpty() ? List.of(offered.getFirst()) : spec.ipFamilies();
    boolean both = !policy.equals(SINGLE) && families.size() == 1 && offered.size() == 2;
    return new Outcome(
        spec.withIpFamilies(both ? withOther(families.getFirst()) : families), errors);
  }

  private static List<String> withOther(String family) {
    return List.of(family, family.equals("IPv4") ? "IPv6" : "IPv4");
  }

  /** A stored service from before families were written with each. */
  ServiceSpec ofStored(ServiceSpec spec) {
    if ("ExternalName".equals(spec.type()) || !spec.ipFamilies().isEmpty()) {
      return spec;
    }
    if (withoutSelector(spec)) {
      return spec.toBuilder()
          .ipFamilies(withOther(offered.getFirst()))
          .ipFamilyPolicy(REQUIRE)
          .build();
    }
    List<String> families =
        spec.clusterIPs().isEmpty() || "None".equals(spec.clusterIP())
            ? List.of(offered.getFirst())
            : spec.clusterIPs().stream().map(IpText::family).toList();
    return spec.toBuilder()
        .ipFamilies(families)
        .ipFamilyPolicy(families.size() == 2 ? REQUIRE : SINGLE)
        .build();
  }
}
