package dev.tiphys.apiserver.extension.definition;

import dev.tiphys.api.apiextensions.v1.CustomResourceDefinition;
import dev.tiphys.api.apiextensions.v1.CustomResourceDefinitionNames;
import dev.tiphys.api.apiextensions.v1.CustomResourceDefinitionSpec;
import dev.tiphys.api.apiextensions.v1.CustomResourceDefinitionStatus;
import dev.tiphys.api.apiextensions.v1.CustomResourceDefinitionVersion;
import dev.tiphys.api.apiextensions.v1.JSONSchemaProps;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.StatusPart;
import dev.tiphys.apiserver.strategy.Strategy;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Rules of CustomResourceDefinitions. */
public final class DefinitionStrategy implements Strategy<CustomResourceDefinition> {

  /** Keeps a definition until its objects are gone. */
  public static final String FINALIZER = "customresourcecleanup.apiextensions.k8s.io";

  private final InstantSource clock;
  private final SchemaCheck extra;

  /** What else is wrong with the schema of a version: its rules in CEL. */
  @FunctionalInterface
  public interface SchemaCheck {
    /** Says what is wrong. */
    void check(JSONSchemaProps schema, Path path, FieldErrors errors);
  }

  /** Judges by a clock, for conditions, and by another check of schemas. */
  public DefinitionStrategy(InstantSource clock, SchemaCheck extra) {
    this.clock = clock;
    this.extra = extra;
  }

  @Override
  public CustomResourceDefinition withDefaults(CustomResourceDefinition crd) {
    CustomResourceDefinitionSpec spec = crd.spec();
    CustomResourceDefinitionNames names = spec == null ? null : spec.names();
    String kind = names == null ? null : names.kind();
    if (spec == null || names == null || kind == null) {
      return crd;
    }
    CustomResourceDefinitionNames filled = names;
    if (text(names.singular()).isEmpty()) {
      filled = filled.withSingular(kind.toLowerCase(Locale.ROOT));
    }
    if (text(names.listKind()).isEmpty() && !kind.isEmpty()) {
      filled = filled.withListKind(kind + "List");
    }
    return filled == names ? crd : crd.withSpec(spec.withNames(filled));
  }

  @Override
  public CustomResourceDefinition prepareForCreate(CustomResourceDefinition crd) {
    return withStoredVersions(crd.withStatus(null));
  }

  @Override
  public CustomResourceDefinition prepareForUpdate(
      CustomResourceDefinition crd, CustomResourceDefinition old) {
    return withStoredVersions(StatusPart.copy(old, crd));
  }

  private static CustomResourceDefinition withStoredVersions(CustomResourceDefinition crd) {
    CustomResourceDefinitionStatus status = crd.status();
    List<String> stored = new ArrayList<>(status == null ? List.of() : status.storedVersions());
    CustomResourceDefinitionSpec spec = crd.spec();
    if (spec != null) {
      for (CustomResourceDefinitionVersion version : spec.versions()) {
        if (Boolean.TRUE.equals(version.storage()) && !stored.contains(version.name())) {
          stored.add(text(version.name()));
        }
      }
    }
    CustomResourceDefinitionStatus base =
        status == null
            ? CustomResourceDefinitionStatus.builder()
                .acceptedNames(CustomResourceDefinitionNames.builder().plural("").kind("").build())
                .build()
            : status;
    return crd.withStatus(base.withStoredVersions(stored));
  }

  @Override
  public void validate(CustomResourceDefinition crd, FieldErrors errors) {
    new DefinitionRules(errors, extra).check(crd, null);
  }

  @Override
  public void validateUpdate(
      CustomResourceDefinition crd, CustomResourceDefinition old, FieldErrors errors) {
    new DefinitionRules(errors, extra).check(crd, old);
  }

  @Override
  public void validateStatusUpdate(
      CustomResourceDefinition crd, CustomResourceDefinition old, FieldErrors errors) {
    new DefinitionRules(errors, extra).storedVersions(crd);
  }

  @Override
  public CustomResourceDefinition prepareForStatusUpdate(
      CustomResourceDefinition crd, CustomResourceDefinition old) {
    ObjectMeta metadata =
        old.metadata().toBuilder()
            .resourceVersion(crd.metadata().resourceVersion())
            .managedFields(crd.metadata().managedFields())
            .build();
    return StatusPart.copy(crd, old.withMetadata(metadata));
  }

  @Override
  public CustomResourceDefinition markDeleted(CustomResourceDefinition crd) {
    ObjectMeta metadata = crd.metadata();
    if (metadata.finalizers().contains(FINALIZER)
        || Conditions.isTrue(crd, Conditions.TERMINATING)) {
      return crd;
    }
    List<String> finalizers = new ArrayList<>(metadata.finalizers());
    finalizers.add(FINALIZER);
    return Conditions.with(
        crd.withMetadata(metadata.withFinalizers(finalizers)),
        Conditions.TERMINATING,
        true,
        "InstanceDeletionPending",
        "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon",
        clock.instant().truncatedTo(ChronoUnit.SECONDS));
  }

  static String text(@Nullable String text) {
    return text == null ? "" : text;
  }
}
