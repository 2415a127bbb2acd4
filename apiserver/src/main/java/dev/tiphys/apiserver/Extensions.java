package dev.tiphys.apiserver;

import dev.tiphys.api.Resources;
import dev.tiphys.api.apiextensions.v1.CustomResourceDefinition;
import dev.tiphys.api.value.Rfc3339;
import dev.tiphys.apiserver.admission.Admission;
import dev.tiphys.apiserver.cel.SchemaCel;
import dev.tiphys.apiserver.extension.Converter;
import dev.tiphys.apiserver.extension.CustomResources;
import dev.tiphys.apiserver.extension.definition.DefinitionController;
import dev.tiphys.apiserver.extension.definition.DefinitionStrategy;
import dev.tiphys.apiserver.resource.Chance;
import dev.tiphys.apiserver.resource.Endpoints;
import dev.tiphys.apiserver.resource.ServedResource;
import dev.tiphys.apiserver.storage.Store;
import dev.tiphys.apiserver.table.Columns;
import dev.tiphys.apiserver.table.Columns.Column;
import dev.tiphys.daemon.Closers;
import dev.tiphys.daemon.HealthChecks;
import dev.tiphys.daemon.HealthChecks.Scope;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What users may add to the API: definitions of custom resources, and what serves them. */
final class Extensions implements AutoCloseable {

  private final Closers parts = new Closers();
  private final CustomResources resources;

  private Extensions(CustomResources resources) {
    this.resources = resources;
  }

  /** The kinds by which the API is extended. */
  static List<ServedResource<?>> kinds(InstantSource clock, SchemaCel cel) {
    return List.of(
        new ServedResource<>(
            Resources.CUSTOM_RESOURCE_DEFINITIONS,
            new DefinitionStrategy(clock, cel::check),
            definitionColumns(),
            Set.of("status"),
            null,
            null));
  }

  private static Columns<CustomResourceDefinition> definitionColumns() {
    return new Columns<>(
        List.of(Column.nameColumn(), Column.of("Created At", "date")),
        (crd, _) ->
            Arrays.asList(
                crd.metadata().name(),
                crd.metadata().creationTimestamp() == null
                    ? null
                    : Rfc3339.seconds(crd.metadata().creationTimestamp())));
  }

  /** Begins to serve what definitions say. */
  static Extensions start(
      Store store,
      Endpoints endpoints,
      Admission admission,
      Chance chance,
      SchemaCel cel,
      HealthChecks health) {
    CustomResources resources =
        new CustomResources(store, endpoints, admission, chance, cel::rules, _ -> Converter.NONE);
    Extensions extensions = new Extensions(resources);
    DefinitionController controller =
        extensions.parts.add(
            new DefinitionController(
                endpoints,
                new DefinitionController.Objects() {
                  @Override
                  public void serve(Collection<CustomResourceDefinition> definitions) {
                    resources.serve(definitions);
                  }

                  @Override
                  public boolean remove(String definition) {
                    return resources.removeObjects(definition);
                  }
                },
                chance.clock()));
    health.add(
        "crd-informer-synced",
        Scope.READY,
        () ->
            controller.synced()
                ? Optional.empty()
                : Optional.of("definitions of custom resources not read yet"));
    return extensions;
  }

  /** What serves custom resources. */
  CustomResources resources() {
    return resources;
  }

  @Override
  public void close() {
    parts.close();
  }
}
