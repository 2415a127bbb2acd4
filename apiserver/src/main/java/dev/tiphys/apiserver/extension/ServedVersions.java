package dev.tiphys.apiserver.extension;

import dev.tiphys.api.apiextensions.v1.CustomResourceDefinition;
import dev.tiphys.api.apiextensions.v1.CustomResourceDefinitionNames;
import dev.tiphys.api.autoscaling.v1.Scale;
import dev.tiphys.api.schema.CustomObject;
import dev.tiphys.api.schema.GroupVersionKind;
import dev.tiphys.api.schema.ResourceType;
import dev.tiphys.api.schema.TreeSchema;
import dev.tiphys.apiserver.admission.Admission;
import dev.tiphys.apiserver.conversion.VersionOrder;
import dev.tiphys.apiserver.request.Deprecation;
import dev.tiphys.apiserver.resource.Chance;
import dev.tiphys.apiserver.resource.ConvertedStore;
import dev.tiphys.apiserver.resource.Endpoint;
import dev.tiphys.apiserver.resource.ServedResource;
import dev.tiphys.apiserver.storage.ResourceSpec;
import dev.tiphys.apiserver.storage.ResourceStore;
import dev.tiphys.apiserver.storage.Store;
import dev.tiphys.apiserver.table.PrinterColumns;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes the endpoints of the versions of one definition. */
public final class ServedVersions {

  private static final List<String> VERBS =
      List.of("delete", "deletecollection", "get", "list", "patch", "create", "update", "watch");
  private static final List<String> LAST_VERBS =
      List.of("delete", "deletecollection", "get", "list", "watch");
  private static final List<String> PART_VERBS = List.of("get", "patch", "update");

  /** Of how many versions the encoded forms are kept with an object; each takes two slots. */
  private static final int KEPT_VERSIONS = 4;

  /** By group; within it, the version that clients should prefer first; then by name. */
  static final Comparator<Served> ORDER =
      Comparator.comparing((Served one) -> one.endpoint().type().group())
          .thenComparing(one -> one.version().name(), VersionOrder.NEWEST_FIRST)
          .thenComparing(one -> one.endpoint().type().plural());

  /** Makes the rules of a schema that go beyond its keywords. */
  @FunctionalInterface
  public interface Rules {
    /** The rules of a schema. */
    MoreRules of(TreeSchema schema);
  }

  /** Finds out how versions are converted. */
  @FunctionalInterface
  public interface Converters {
    /** The converter between the versions of a definition. */
    Converter of(CustomResourceDefinition crd);
  }

  /** Where the objects of a definition are. */
  record Opened(ResourceSpec<CustomObject> spec, ResourceStore<CustomObject> store) {}

  /** A version with what answers for it. */
  record Served(Shape.Version version, Endpoint<CustomObject> endpoint) {}

  private final Admission admission;
  private final Chance chance;
  private final Rules rules;
  private final Converters converters;

  ServedVersions(Admission admission, Chance chance, Rules rules, Converters converters) {
    this.admission = admission;
    this.chance = chance;
    this.rules = rules;
    this.converters = converters;
  }

  static Opened open(Store store, Shape shape) {
    ResourceSpec<CustomObject> spec =
        new ResourceSpec<>(
            shape.group(),
            String.valueOf(shape.names().plural()),
            store.layout().custom(shape.group(), String.valueOf(shape.names().plural())),
            shape.namespaced(),
            new CustomCodec(shape),
            null);
    return new Opened(spec, store.open(spec));
  }

  /** The endpoints of all versions, served or not. */
  List<Served> of(CustomResourceDefinition crd, Shape shape, ResourceStore<CustomObject> store) {
    boolean terminating = crd.metadata().deletionTimestamp() != null;
    Converter converter = converters.of(crd);
    List<Served> served = new ArrayList<>();
    for (Shape.Version version : shape.versions()) {
      CustomStrategy strategy =
          new CustomStrategy(
              version, rules.of(Objects.requireNonNull(version.object().schema())), terminating);
      Set<String> subresources = new HashSet<>();
      if (version.hasStatus()) {
        subresources.add("status");
      }
      if (version.hasScale()) {
        subresources.add("scale");
      }
      ServedResource<CustomObject> resource =
          new ServedResource<>(
              type(crd, shape, version, terminating),
              strategy,
              PrinterColumns.of(version.definition().additionalPrinterColumns(), Trees::of),
              subresources,
              null,
              null,
              deprecation(version));
      ConvertedStore<CustomObject, CustomObject> objects =
          new ConvertedStore<>(
              store,
              new VersionConversion(
                  version.object(),
                  shape.storage().object(),
                  converter,
                  !strategy.selectableFields().isEmpty()));
      int place = served.size();
      served.add(
          new Served(
              version,
              Endpoint.of(
                  resource, objects, admission, chance, place < KEPT_VERSIONS ? 2 * place : -1)));
    }
    return served;
  }

  private static @Nullable Deprecation deprecation(Shape.Version version) {
    if (!Boolean.TRUE.equals(version.definition().deprecated())) {
      return null;
    }
    String own = version.definition().deprecationWarning();
    GroupVersionKind kind = Objects.requireNonNull(version.object().kind());
    return new Deprecation(
        own == null ? kind.apiVersion() + " " + kind.kind() + " is deprecated" : own, "");
  }

  private static ResourceType<CustomObject> type(
      CustomResourceDefinition crd, Shape shape, Shape.Version version, boolean terminating) {
    CustomResourceDefinitionNames names = shape.names();
    CustomResourceDefinitionNames accepted =
        crd.status() == null ? null : crd.status().acceptedNames();
    GroupVersionKind kind = Objects.requireNonNull(version.object().kind());
    List<ResourceType.Subresource> subresources = new ArrayList<>();
    if (version.hasStatus()) {
      subresources.add(new ResourceType.Subresource("status", kind, PART_VERBS));
    }
    if (version.hasScale()) {
      subresources.add(
          new ResourceType.Subresource(
              "scale", Objects.requireNonNull(Scale.TYPE.kind()), PART_VERBS));
    }
    return new ResourceType<>(
        kind,
        String.valueOf(names.plural()),
        text(accepted == null ? names.singular() : accepted.singular()),
        accepted == null ? List.of() : accepted.shortNames(),
        accepted == null ? List.of() : accepted.categories(),
        shape.namespaced(),
        terminating ? LAST_VERBS : VERBS,
        List.copyOf(subresources),
        version::object,
        version::list);
  }

  private static String text(@Nullable String text) {
    return text == null ? "" : text;
  }
}
