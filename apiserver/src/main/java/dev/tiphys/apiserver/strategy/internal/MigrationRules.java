package dev.tiphys.apiserver.strategy.internal;

import dev.tiphys.api.meta.v1.Condition;
import dev.tiphys.api.meta.v1.GroupResource;
import dev.tiphys.api.storagemigration.v1beta1.StorageVersionMigration;
import dev.tiphys.api.storagemigration.v1beta1.StorageVersionMigrationStatus;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.Checks;
import dev.tiphys.apiserver.strategy.Conditions;
import dev.tiphys.apiserver.strategy.KindRules;
import dev.tiphys.apiserver.strategy.Strategy;
import java.util.List;
import java.util.Objects;

/** The rules of StorageVersionMigration: which resource to write anew, and how that went. */
public final class MigrationRules {

  private static final Path STATUS = Path.of("status");
  private static final Path CONDITIONS = STATUS.child("conditions");

  private MigrationRules() {}

  /** The rules. */
  public static Strategy<StorageVersionMigration> rules() {
    return KindRules.<StorageVersionMigration>builder()
        .generations(true)
        .validate((object, errors) -> {
          String resource = resource(object).resource();
          if (resource == null || resource.isEmpty()) {
            errors.required(Path.of("spec", "resource", "resource"), "resource is required");
          }
        })
        .change((object, old, errors) -> {
          Checks.immutable(
              resource(object).group(), resource(old).group(), Path.of("group"), errors);
          Checks.immutable(
              resource(object).resource(), resource(old).resource(), Path.of("resource"), errors);
        })
        .statusChange(MigrationRules::changeStatus)
        .build();
  }

  private static GroupResource resource(StorageVersionMigration object) {
    return object.spec() == null || object.spec().resource() == null
        ? GroupResource.EMPTY
        : object.spec().resource();
  }

  private static StorageVersionMigrationStatus of(StorageVersionMigration object) {
    return Objects.requireNonNullElse(object.status(), StorageVersionMigrationStatus.EMPTY);
  }

  private static void changeStatus(
      StorageVersionMigration object, StorageVersionMigration old, FieldErrors errors) {
    StorageVersionMigrationStatus status = of(object);
    StorageVersionMigrationStatus before = of(old);
    String version = Objects.requireNonNullElse(status.resourceVersion(), "");
    String known = Objects.requireNonNullElse(before.resourceVersion(), "");
    Path path = STATUS.child("resourceVersion");
    if (!version.matches("[0-9]{0,18}")) {
      errors.invalid(path, version, "failed to parse resource version \"" + version + "\"");
    }
    Conditions.validate(status.conditions(), CONDITIONS, errors);
    if (!known.isEmpty() && !known.equals(version)) {
      errors.invalid(path, version, "resourceVersion cannot be updated");
    }
    List<Condition> conditions = status.conditions();
    boolean succeeded = is(conditions, "Succeeded");
    boolean failed = is(conditions, "Failed");
    boolean running = is(conditions, "Running");
    refuse(
        succeeded && failed,
        conditions,
        "Both success and failed conditions cannot be true at the same time",
        errors);
    refuse(
        succeeded && running,
        conditions,
        "Running condition cannot be true when success condition is true",
        errors);
    refuse(
        failed && running,
        conditions,
        "Running condition cannot be true when failed condition is true",
        errors);
    refuse(
        is(before.conditions(), "Succeeded") && !succeeded,
        conditions,
        "Success condition cannot be set to false once it is true",
        errors);
    refuse(
        is(before.conditions(), "Failed") && !failed,
        conditions,
        "Failed condition cannot be set to false once it is true",
        errors);
  }

  private static boolean is(List<Condition> conditions, String type) {
    return conditions.stream().anyMatch(c -> type.equals(c.type()) && "True".equals(c.status()));
  }

  private static void refuse(
      boolean found, List<Condition> conditions, String why, FieldErrors errors) {
    if (found) {
      errors.invalid(CONDITIONS, conditions, why);
    }
  }
}
