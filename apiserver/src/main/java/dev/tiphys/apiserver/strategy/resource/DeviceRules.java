package dev.tiphys.apiserver.strategy.resource;

import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.api.resource.v1.DeviceClaim;
import dev.tiphys.api.resource.v1.DeviceClass;
import dev.tiphys.api.resource.v1.DeviceClassSpec;
import dev.tiphys.api.resource.v1.DeviceRequest;
import dev.tiphys.api.resource.v1.ExactDeviceRequest;
import dev.tiphys.api.resource.v1.ResourceClaim;
import dev.tiphys.api.resource.v1.ResourceClaimSpec;
import dev.tiphys.api.resource.v1.ResourceClaimTemplate;
import dev.tiphys.api.resource.v1.ResourceClaimTemplateSpec;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.Checks;
import dev.tiphys.apiserver.strategy.ExpressionCheck;
import dev.tiphys.apiserver.strategy.KindRules;
import dev.tiphys.apiserver.strategy.ResourceNames;
import dev.tiphys.apiserver.strategy.Strategy;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The rules of ResourceClaim, ResourceClaimTemplate and DeviceClass. */
public final class DeviceRules {

  private static final Path SPEC = Path.of("spec");

  private final RequestRules requests;

  /** Rules that judge expressions by a check. */
  public DeviceRules(ExpressionCheck expressions) {
    this.requests = new RequestRules(expressions);
  }

  /** The rules of ResourceClaim, whose spec never changes. */
  public Strategy<ResourceClaim> claims() {
    return KindRules.<ResourceClaim>builder()
        .generations(false)
        .defaults(object -> object.spec() == null ? object : object.withSpec(fill(object.spec())))
        .validateNew((object, errors) -> validate(object.spec(), SPEC, errors))
        .change((object, old, errors) -> Checks.immutable(object.spec(), old.spec(), SPEC, errors))
        .statusChange(ClaimStatusRules::validate)
        .build();
  }

  /** The rules of ResourceClaimTemplate, whose spec never changes. */
  public Strategy<ResourceClaimTemplate> templates() {
    return KindRules.<ResourceClaimTemplate>builder()
        .defaults(object ->
            object.spec() == null || object.spec().spec() == null
                ? object
                : object.withSpec(object.spec().withSpec(fill(object.spec().spec()))))
        .validateNew((object, errors) -> {
          ResourceClaimTemplateSpec spec =
              Objects.requireNonNullElse(object.spec(), ResourceClaimTemplateSpec.EMPTY);
          ObjectMeta metadata = Objects.requireNonNullElse(spec.metadata(), ObjectMeta.EMPTY);
          Checks.labels(metadata.labels(), SPEC.child("metadata", "labels"), errors);
          validate(spec.spec(), SPEC.child("spec"), errors);
        })
        .change((object, old, errors) -> Checks.immutable(object.spec(), old.spec(), SPEC, errors))
        .build();
  }

  /** A request that is for some devices is for one. */
  private static ResourceClaimSpec fill(ResourceClaimSpec spec) {
    DeviceClaim devices = spec.devices();
    if (devices == null) {
      return spec;
    }
    List<DeviceRequest> requests =
        devices.requests().stream()
            .map(request ->
                request.toBuilder()
                    .exactly(fill(request.exactly()))
                    .firstAvailable(
                        request.firstAvailable().stream()
                            .map(sub ->
                                isCounted(sub.allocationMode(), sub.count())
                                    ? sub.withCount(1L)
                                    : sub)
                            .toList())
                    .build())
            .toList();
    return spec.withDevices(devices.withRequests(requests));
  }

  private static @Nullable ExactDeviceRequest fill(@Nullable ExactDeviceRequest request) {
    return request != null && isCounted(request.allocationMode(), request.count())
        ? request.withCount(1L)
        : request;
  }

  private static boolean isCounted(@Nullable String mode, @Nullable Long count) {
    return "ExactCount".equals(mode) && (count == null || count == 0);
  }

  private void validate(@Nullable ResourceClaimSpec spec, Path path, FieldErrors errors) {
    DeviceClaim devices = spec == null ? null : spec.devices();
    requests.validate(
        Objects.requireNonNullElse(devices, DeviceClaim.EMPTY), path.child("devices"), errors);
  }

  /** The rules of DeviceClass. */
  public Strategy<DeviceClass> classes() {
    return KindRules.<DeviceClass>builder()
        .generations(true)
        .validate((object, errors) -> {
          DeviceClassSpec spec = Objects.requireNonNullElse(object.spec(), DeviceClassSpec.EMPTY);
          requests.selectors(spec.selectors(), SPEC.child("selectors"), errors);
          Path config = SPEC.child("config");
          if (Checks.fits(spec.config(), RequestRules.MOST_CONFIGURATIONS, config, errors)) {
            for (int i = 0; i < spec.config().size(); i++) {
              RequestRules.configuration(spec.config().get(i).opaque(), config.index(i), errors);
            }
          }
          String name = spec.extendedResourceName();
          if (name != null && !ResourceNames.isExtended(name)) {
            errors.invalid(
                SPEC.child("extendedResourceName"), name, "must be a valid extended resource name");
          }
        })
        .build();
  }
}
