package dev.tiphys.apiserver.strategy.resource;

import dev.tiphys.api.names.DnsNames;
import dev.tiphys.api.resource.v1.DeviceClaim;
import dev.tiphys.api.resource.v1.DeviceRequest;
import dev.tiphys.api.resource.v1.ExactDeviceRequest;
import dev.tiphys.api.resource.v1.ResourceClaim;
import dev.tiphys.api.resource.v1.ResourceClaimSpec;
import dev.tiphys.api.resource.v1.ResourceClaimTemplate;
import dev.tiphys.api.resource.v1.ResourceSlice;
import dev.tiphys.api.resource.v1.ResourceSliceSpec;
import dev.tiphys.api.validation.FieldError;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.Checks;
import dev.tiphys.apiserver.strategy.KindRules;
import dev.tiphys.apiserver.strategy.Strategy;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The rules of ResourceClaim, ResourceClaimTemplate and ResourceSlice. */
public final class DeviceRules {

  private static final Path SPEC = Path.of("spec");
  private static final int MOST_REQUESTS = 32;
  private static final int MOST_DEVICES = 128;
  private static final int LONGEST_DRIVER_NAME = 63;

  private DeviceRules() {}

  /** The rules of ResourceClaim. */
  public static Strategy<ResourceClaim> claims() {
    return KindRules.<ResourceClaim>builder()
        .generations(false)
        .validate((object, errors) -> validate(object.spec(), SPEC, errors))
        .change((object, old, errors) -> Checks.immutable(object.spec(), old.spec(), SPEC, errors))
        .build();
  }

  /** The rules of ResourceClaimTemplate. */
  public static Strategy<ResourceClaimTemplate> templates() {
    return KindRules.<ResourceClaimTemplate>builder()
        .validate((object, errors) ->
            validate(
                object.spec() == null ? null : object.spec().spec(), SPEC.child("spec"), errors))
        .change((object, old, errors) -> Checks.immutable(object.spec(), old.spec(), SPEC, errors))
        .build();
  }

  private static void validate(@Nullable ResourceClaimSpec spec, Path path, FieldErrors errors) {
    DeviceClaim devices =
        spec == null || spec.devices() == null ? DeviceClaim.EMPTY : spec.devices();
    Path at = path.child("devices", "requests");
    if (devices.requests().size() > MOST_REQUESTS) {
      errors.add(FieldError.tooMany(at, devices.requests().size(), MOST_REQUESTS));
    }
    Set<String> names = new HashSet<>();
    for (int i = 0; i < devices.requests().size(); i++) {
      DeviceRequest request = devices.requests().get(i);
      Path where = at.index(i);
      Checks.label(request.name(), where.child("name"), errors);
      if (!names.add(String.valueOf(request.name()))) {
        errors.duplicate(where.child("name"), request.name());
      }
      ExactDeviceRequest exactly = request.exactly();
      if (exactly == null && request.firstAvailable().isEmpty()) {
        errors.required(where, "exactly one of `exactly` or `firstAvailable` is required");
      } else if (exactly != null && !request.firstAvailable().isEmpty()) {
        errors.invalid(where, null, "exactly one of `exactly` or `firstAvailable` is required");
      } else if (exactly != null) {
        validateExact(exactly, where.child("exactly"), errors);
      }
    }
  }

  private static void validateExact(ExactDeviceRequest request, Path path, FieldErrors errors) {
    Checks.subdomain(request.deviceClassName(), path.child("deviceClassName"), errors);
    Checks.oneOf(
        request.allocationMode(),
        List.of("All", "ExactCount"),
        path.child("allocationMode"),
        errors);
    long count = Objects.requireNonNullElse(request.count(), 0L);
    if ("ExactCount".equals(request.allocationMode()) && request.count() != null && count <= 0) {
      errors.invalid(path.child("count"), count, "must be greater than zero");
    } else if ("All".equals(request.allocationMode()) && count != 0) {
      errors.invalid(
          path.child("count"), count, "must not be specified when allocationMode is 'All'");
    }
  }

  /** The rules of ResourceSlice. */
  public static Strategy<ResourceSlice> slices() {
    return KindRules.<ResourceSlice>builder()
        .generations(true)
        .validate((object, errors) -> validateSlice(in(object), errors))
        .change((object, old, errors) -> {
          Checks.immutable(
              in(object).nodeName(), in(old).nodeName(), SPEC.child("nodeName"), errors);
          Checks.immutable(in(object).driver(), in(old).driver(), SPEC.child("driver"), errors);
        })
        .field("spec.nodeName", o -> in(o).nodeName())
        .field("spec.driver", o -> in(o).driver())
        .build();
  }

  private static ResourceSliceSpec in(ResourceSlice object) {
    return Objects.requireNonNullElse(object.spec(), ResourceSliceSpec.EMPTY);
  }

  private static void validateSlice(ResourceSliceSpec spec, FieldErrors errors) {
    if (spec.driver() != null && spec.driver().length() > LONGEST_DRIVER_NAME) {
      errors.add(FieldError.tooLong(SPEC.child("driver"), LONGEST_DRIVER_NAME));
    }
    Checks.subdomain(spec.driver(), SPEC.child("driver"), errors);
    String pool = spec.pool() == null ? null : spec.pool().name();
    Checks.present(pool, SPEC.child("pool", "name"), errors);
    if (spec.pool() != null) {
      Checks.positive(
          Objects.requireNonNullElse(spec.pool().resourceSliceCount(), 0L),
          SPEC.child("pool", "resourceSliceCount"),
          errors);
      Checks.notNegative(spec.pool().generation(), SPEC.child("pool", "generation"), errors);
    }
    Path devices = SPEC.child("devices");
    if (spec.devices().size() > MOST_DEVICES) {
      errors.add(FieldError.tooMany(devices, spec.devices().size(), MOST_DEVICES));
    }
    Set<String> names = new HashSet<>();
    for (int i = 0; i < spec.devices().size(); i++) {
      String name = spec.devices().get(i).name();
      Path at = devices.index(i).child("name");
      if (Checks.present(name, at, errors)) {
        errors.invalid(at, name, DnsNames.label(String.valueOf(name)));
      }
      if (!names.add(String.valueOf(name))) {
        errors.duplicate(devices.index(i), name);
      }
    }
  }
}
