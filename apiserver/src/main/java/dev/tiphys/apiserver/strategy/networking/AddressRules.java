package dev.tiphys.apiserver.strategy.networking;

import dev.tiphys.api.networking.v1.IPAddress;
import dev.tiphys.api.networking.v1.IPAddressSpec;
import dev.tiphys.api.networking.v1.ParentReference;
import dev.tiphys.api.networking.v1.ServiceCIDR;
import dev.tiphys.api.networking.v1.ServiceCIDRSpec;
import dev.tiphys.api.validation.FieldError;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.Checks;
import dev.tiphys.apiserver.strategy.IpText;
import dev.tiphys.apiserver.strategy.KindRules;
import dev.tiphys.apiserver.strategy.PathNames;
import dev.tiphys.apiserver.strategy.Strategy;
import java.net.InetAddress;
import java.util.List;
import java.util.Objects;

/** The rules of ServiceCIDR and IPAddress. */
public final class AddressRules {

  private static final Path SPEC = Path.of("spec");

  private AddressRules() {}

  /** The rules of IPAddress, which is named by the address. */
  public static Strategy<IPAddress> addresses() {
    return KindRules.<IPAddress>builder()
        .names(AddressRules::nameFaults)
        .validate(AddressRules::validateAddress)
        .change((object, old, errors) ->
            Checks.immutable(
                in(object).parentRef(), in(old).parentRef(), SPEC.child("parentRef"), errors))
        .conditional()
        .build();
  }

  private static List<String> nameFaults(String name) {
    InetAddress address = IpText.parse(name);
    if (address == null) {
      return List.of(name + " is not a valid IP address");
    }
    return IpText.canonical(address).equals(name)
        ? List.of()
        : List.of("not a valid IP address in canonical format");
  }

  private static IPAddressSpec in(IPAddress object) {
    return Objects.requireNonNullElse(object.spec(), IPAddressSpec.EMPTY);
  }

  private static void validateAddress(IPAddress object, FieldErrors errors) {
    ParentReference parent = in(object).parentRef();
    Path path = SPEC.child("parentRef");
    if (parent == null) {
      errors.required(path, "");
      return;
    }
    String group = parent.group();
    if (group != null && !group.isEmpty()) {
      Checks.subdomain(group, path.child("group"), errors);
    }
    PathNames.required(parent.resource(), "", path.child("resource"), errors);
    PathNames.required(parent.name(), "", path.child("name"), errors);
    String namespace = parent.namespace();
    if (namespace != null && !namespace.isEmpty()) {
      errors.invalid(path.child("namespace"), namespace, PathNames.faults(namespace));
    }
  }

  /** The rules of ServiceCIDR. */
  public static Strategy<ServiceCIDR> ranges() {
    return KindRules.<ServiceCIDR>builder()
        .validate(AddressRules::validateRange)
        .change((object, old, errors) -> checkKept(in(object).cidrs(), in(old).cidrs(), errors))
        .generations(false)
        .build();
  }

  /** What is there stays; a second family may be added. */
  private static void checkKept(List<String> now, List<String> before, FieldErrors errors) {
    Path path = SPEC.child("cidrs");
    boolean grown = before.size() == 1 && now.size() == 2;
    if (now.size() != before.size() && !grown) {
      errors.invalid(path, now, FieldError.IMMUTABLE);
      return;
    }
    for (int i = 0; i < before.size(); i++) {
      if (!before.get(i).equals(now.get(i))) {
        errors.invalid(path.index(i), now.get(i), FieldError.IMMUTABLE);
      }
    }
  }

  private static ServiceCIDRSpec in(ServiceCIDR object) {
    return Objects.requireNonNullElse(object.spec(), ServiceCIDRSpec.EMPTY);
  }

  private static void validateRange(ServiceCIDR object, FieldErrors errors) {
    List<String> ranges = in(object).cidrs();
    Path path = SPEC.child("cidrs");
    if (ranges.isEmpty()) {
      errors.required(path, "at least one CIDR required");
      return;
    }
    if (ranges.size() > 2) {
      errors.invalid(path, in(object), "may only hold up to 2 values");
      return;
    }
    if (ranges.size() == 2 && IpText.isV6(ranges.get(0)) == IpText.isV6(ranges.get(1))) {
      errors.invalid(
          path,
          in(object),
          "may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and"
              + " 2001:db8::/64");
      return;
    }
    for (int i = 0; i < ranges.size(); i++) {
      IpText.checkRange(ranges.get(i), path.index(i), errors);
    }
  }
}
