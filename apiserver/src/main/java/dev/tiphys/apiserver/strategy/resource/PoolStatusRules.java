package dev.tiphys.apiserver.strategy.resource;

import dev.tiphys.api.names.DnsNames;
import dev.tiphys.api.resource.v1alpha3.PoolStatus;
import dev.tiphys.api.resource.v1alpha3.ResourcePoolStatusRequest;
import dev.tiphys.api.resource.v1alpha3.ResourcePoolStatusRequestSpec;
import dev.tiphys.api.resource.v1alpha3.ResourcePoolStatusRequestStatus;
import dev.tiphys.api.validation.FieldError;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.Checks;
import dev.tiphys.apiserver.strategy.Conditions;
import dev.tiphys.apiserver.strategy.KindRules;
import dev.tiphys.apiserver.strategy.Strategy;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The rules of ResourcePoolStatusRequest: a question that is asked once and answered once. */
public final class PoolStatusRules {

  private static final Path SPEC = Path.of("spec");
  private static final Path STATUS = Path.of("status");
  private static final int MOST_POOLS = 1000;
  private static final int MOST_CONDITIONS = 10;
  private static final int LONGEST_ERROR = 256;

  private PoolStatusRules() {}

  /** The rules. */
  public static Strategy<ResourcePoolStatusRequest> rules() {
    return KindRules.<ResourcePoolStatusRequest>builder()
        .generations(false)
        .validate((object, errors) -> {
          driver(in(object).driver(), SPEC.child("driver"), errors);
          String pool = in(object).poolName();
          Path path = SPEC.child("poolName");
          if (pool != null && pool.isEmpty()) {
            errors.invalid(path, pool, "must not be empty");
          } else if (pool != null) {
            DeviceNames.pool(pool, path, errors);
          }
          Path limit = SPEC.child("limit");
          least(in(object).limit(), 1, limit, errors);
          most(in(object).limit(), limit, errors);
        })
        .change((object, old, errors) -> Checks.immutable(object.spec(), old.spec(), SPEC, errors))
        .statusChange((object, old, errors) -> {
          if (old.status() != null) {
            Checks.immutable(object.status(), old.status(), STATUS, errors);
          } else if (object.status() != null) {
            answer(object.status(), errors);
          }
        })
        .build();
  }

  private static ResourcePoolStatusRequestSpec in(ResourcePoolStatusRequest object) {
    return Objects.requireNonNullElse(object.spec(), ResourcePoolStatusRequestSpec.EMPTY);
  }

  private static void answer(ResourcePoolStatusRequestStatus status, FieldErrors errors) {
    Path count = STATUS.child("poolCount");
    if (status.poolCount() == null) {
      errors.required(count, "");
    }
    least(status.poolCount(), 0, count, errors);
    if (Checks.fits(status.pools(), MOST_POOLS, STATUS.child("pools"), errors)) {
      for (int i = 0; i < status.pools().size(); i++) {
        pool(status.pools().get(i), STATUS.child("pools").index(i), errors);
      }
    }
    Path conditions = STATUS.child("conditions");
    Checks.fits(status.conditions(), MOST_CONDITIONS, conditions, errors);
    Conditions.validate(status.conditions(), conditions, errors);
  }

  private static void pool(PoolStatus pool, Path path, FieldErrors errors) {
    driver(pool.driver(), path.child("driver"), errors);
    DeviceNames.pool(pool.poolName(), path.child("poolName"), errors);
    if (pool.generation() == null) {
      errors.required(path.child("generation"), "");
    }
    least(pool.generation(), 0, path.child("generation"), errors);
    least(pool.resourceSliceCount(), 1, path.child("resourceSliceCount"), errors);
    least(pool.totalDevices(), 0, path.child("totalDevices"), errors);
    least(pool.allocatedDevices(), 0, path.child("allocatedDevices"), errors);
    least(pool.availableDevices(), 0, path.child("availableDevices"), errors);
    least(pool.unavailableDevices(), 0, path.child("unavailableDevices"), errors);
    if (pool.nodeName() != null) {
      errors.invalid(path.child("nodeName"), pool.nodeName(), DnsNames.subdomain(pool.nodeName()));
    }
    Checks.notLonger(pool.validationError(), LONGEST_ERROR, path.child("validationError"), errors);
  }

  /** A driver's name; any case does, and no length but that of every subdomain is too much. */
  private static void driver(@Nullable String name, Path path, FieldErrors errors) {
    if (Checks.present(name, path, errors)) {
      errors.invalid(path, name, DnsNames.subdomain(String.valueOf(name).toLowerCase(Locale.ROOT)));
    }
  }

  private static void least(@Nullable Number value, int least, Path path, FieldErrors errors) {
    if (value != null && value.longValue() < least) {
      errors.invalid(
          path, value, least == 0 ? FieldError.NEGATIVE : "must be greater than or equal to 1");
    }
  }

  private static void most(@Nullable Integer value, Path path, FieldErrors errors) {
    if (value != null && value > MOST_POOLS) {
      errors.invalid(path, value, "must be less than or equal to " + MOST_POOLS);
    }
  }
}
