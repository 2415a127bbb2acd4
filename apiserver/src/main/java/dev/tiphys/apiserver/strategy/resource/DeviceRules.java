package dev.tiphys.apiserver.strategy.resource;

import dev.tiphys.api.Resources;
import dev.tiphys.api.core.v1.Namespace;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.api.resource.v1.DeviceClaim;
import dev.tiphys.api.resource.v1.DeviceClass;
import dev.tiphys.api.resource.v1.DeviceClassSpec;
import dev.tiphys.api.resource.v1.DeviceRequest;
import dev.tiphys.api.resource.v1.DeviceSubRequest;
import dev.tiphys.api.resource.v1.DeviceToleration;
import dev.tiphys.api.resource.v1.ExactDeviceRequest;
import dev.tiphys.api.resource.v1.ResourceClaim;
import dev.tiphys.api.resource.v1.ResourceClaimSpec;
import dev.tiphys.api.resource.v1.ResourceClaimTemplate;
import dev.tiphys.api.resource.v1.ResourceClaimTemplateSpec;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.Checks;
import dev.tiphys.apiserver.strategy.ClusterView;
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

  private static final String ADMIN = "resource.kubernetes.io/admin-access";

  private static final String COUNTED = "ExactCount";

  private final RequestRules requests;
  private final ClusterView view;

  /**
   * Rules that judge expressions by a check.
   *
   * @param view of namespaces, some of which are the administrators'
   */
  public DeviceRules(ExpressionCheck expressions, ClusterView view) {
    this.requests = new RequestRules(expressions);
    this.view = view;
  }

  /** The rules of ResourceClaim, whose spec never changes. */
  public Strategy<ResourceClaim> claims() {
    return KindRules.<ResourceClaim>builder()
        .generations(false)
        .defaults(object -> object.spec() == null ? object : object.withSpec(fill(object.spec())))
        .validateNew((object, errors) -> {
          validate(object.spec(), SPEC, errors);
          onlyForAdministrators(object.spec(), object.metadata().namespace(), errors);
        })
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
          onlyForAdministrators(spec.spec(), object.metadata().namespace(), errors);
        })
        .change((object, old, errors) -> Checks.immutable(object.spec(), old.spec(), SPEC, errors))
        .build();
  }

  /** Devices that others use are only lent to namespaces that are marked as administrators'. */
  private void onlyForAdministrators(
      @Nullable ResourceClaimSpec spec, @Nullable String namespace, FieldErrors errors) {
    boolean asks =
        spec != null
            && spec.devices() != null
            && spec.devices().requests().stream()
                .anyMatch(request ->
                    request.exactly() != null
                        && Boolean.TRUE.equals(request.exactly().adminAccess()));
    if (!asks) {
      return;
    }
    Namespace within = view.get(Resources.NAMESPACES, "", String.valueOf(namespace));
    if (within == null || !"true".equals(within.metadata().labels().get(ADMIN))) {
      errors.forbidden(
          Path.of(""),
          "admin access to devices requires the `"
              + ADMIN
              + ": true` label on the containing namespace");
    }
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
                        request.firstAvailable().stream().map(DeviceRules::fill).toList())
                    .build())
            .toList();
    return spec.withDevices(devices.withRequests(requests));
  }

  private static @Nullable ExactDeviceRequest fill(@Nullable ExactDeviceRequest request) {
    return request == null
        ? null
        : request.toBuilder()
            .allocationMode(Objects.requireNonNullElse(request.allocationMode(), COUNTED))
            .count(counted(request.allocationMode(), request.count()))
            .tolerations(fill(request.tolerations()))
            .build();
  }

  private static DeviceSubRequest fill(DeviceSubRequest request) {
    return request.toBuilder()
        .allocationMode(Objects.requireNonNullElse(request.allocationMode(), COUNTED))
        .count(counted(request.allocationMode(), request.count()))
        .tolerations(fill(request.tolerations()))
        .build();
  }

  private static List<DeviceToleration> fill(List<DeviceToleration> tolerations) {
    return tolerations.stream()
        .map(toleration ->
            toleration.operator() == null ? toleration.withOperator("Equal") : toleration)
        .toList();
  }

  private static @Nullable Long counted(@Nullable String mode, @Nullable Long count) {
    boolean exact = mode == null || mode.equals(COUNTED);
    return exact && (count == null || count == 0) ? Long.valueOf(1) : count;
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
