package dev.tiphys.apiserver.strategy.core;

import dev.tiphys.api.core.v1.Namespace;
import dev.tiphys.api.core.v1.NamespaceSpec;
import dev.tiphys.api.core.v1.NamespaceStatus;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.api.names.DnsNames;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.Checks;
import dev.tiphys.apiserver.strategy.Strategy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The rules of Namespace. Its spec has finalizers of its own: as long as {@code kubernetes} stands
 * there, what the namespace holds is not gone yet.
 */
public final class NamespaceStrategy implements Strategy<Namespace> {

  private static final String FINALIZER = "kubernetes";
  private static final List<String> KNOWN = List.of(FINALIZER, "orphan", "foregroundDeletion");
  private static final String NAME_LABEL = "kubernetes.io/metadata.name";
  private static final String PHASE = "status.phase";

  @Override
  public List<String> nameFaults(String name, boolean prefix) {
    return DnsNames.label(prefix ? DnsNames.maskTrailingDash(name) : name);
  }

  @Override
  public Namespace withDefaults(Namespace namespace) {
    ObjectMeta metadata = namespace.metadata();
    String name = metadata.name();
    if (name == null || name.equals(metadata.labels().get(NAME_LABEL))) {
      return namespace;
    }
    Map<String, String> labels = new LinkedHashMap<>(metadata.labels());
    labels.put(NAME_LABEL, name);
    return namespace.withMetadata(metadata.withLabels(labels));
  }

  @Override
  public Namespace prepareForCreate(Namespace namespace) {
    NamespaceSpec spec = namespace.spec() == null ? NamespaceSpec.EMPTY : namespace.spec();
    NamespaceSpec withFinalizer =
        spec.finalizers().contains(FINALIZER)
            ? spec
            : spec.withFinalizers(
                Stream.concat(spec.finalizers().stream(), Stream.of(FINALIZER)).toList());
    return namespace
        .withSpec(withFinalizer)
        .withStatus(NamespaceStatus.builder().phase("Active").build());
  }

  @Override
  public void validate(Namespace namespace, FieldErrors errors) {
    NamespaceSpec spec = namespace.spec() == null ? NamespaceSpec.EMPTY : namespace.spec();
    Path path = Path.of("spec", "finalizers");
    for (String finalizer : spec.finalizers()) {
      Checks.qualifiedName(finalizer, path, errors);
      if (!finalizer.contains("/") && !KNOWN.contains(finalizer)) {
        errors.invalid(
            path, finalizer, "name is neither a standard finalizer name nor is it fully qualified");
      }
    }
  }

  /** A namespace is in use until it is deleted, and then it is not. */
  @Override
  public void validateStatusUpdate(Namespace namespace, Namespace old, FieldErrors errors) {
    String phase = fieldValue(namespace, PHASE);
    boolean deleted = namespace.metadata().deletionTimestamp() != null;
    String only = deleted ? "Terminating" : "Active";
    if (!phase.equals(only)) {
      errors.invalid(
          Path.of("status", "Phase"),
          phase,
          "may only be '"
              + only
              + "' if `deletionTimestamp` is "
              + (deleted ? "not empty" : "empty"));
    }
  }

  @Override
  public Namespace prepareForUpdate(Namespace namespace, Namespace old) {
    // Finalizers change by the subresource finalize only.
    return Strategy.super.prepareForUpdate(namespace, old).withSpec(old.spec());
  }

  @Override
  public boolean released(Namespace namespace) {
    NamespaceSpec spec = namespace.spec() == null ? NamespaceSpec.EMPTY : namespace.spec();
    return spec.finalizers().isEmpty() && namespace.metadata().finalizers().isEmpty();
  }

  @Override
  public Namespace markDeleted(Namespace namespace) {
    NamespaceStatus status =
        namespace.status() == null ? NamespaceStatus.EMPTY : namespace.status();
    return namespace.withStatus(status.withPhase("Terminating"));
  }

  @Override
  public boolean countsGenerations(Namespace namespace) {
    return false;
  }

  @Override
  public List<String> selectableFields() {
    return List.of(PHASE);
  }

  @Override
  public String fieldValue(Namespace namespace, String field) {
    String phase = namespace.status() == null ? null : namespace.status().phase();
    return phase == null ? "" : phase;
  }
}
