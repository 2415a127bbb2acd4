package dev.tiphys.apiserver.extension;

import dev.tiphys.api.apiextensions.v1.CustomResourceDefinition;
import dev.tiphys.api.apiextensions.v1.CustomResourceDefinitionNames;
import dev.tiphys.api.apiextensions.v1.CustomResourceDefinitionSpec;
import dev.tiphys.api.apiextensions.v1.CustomResourceDefinitionVersion;
import dev.tiphys.api.apiextensions.v1.JSONSchemaProps;
import dev.tiphys.api.schema.CustomList;
import dev.tiphys.api.schema.CustomObject;
import dev.tiphys.api.schema.CustomTypes;
import dev.tiphys.api.schema.GroupVersionKind;
import dev.tiphys.api.schema.StructType;
import dev.tiphys.api.schema.TreeSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The types that a definition's spec makes, one a version. Immutable.
 *
 * @param spec that they are made of
 * @param versions in the definition's order
 */
record Shape(CustomResourceDefinitionSpec spec, List<Version> versions) {

  /**
   * A version.
   *
   * @param definition of it
   * @param object the type of its objects
   * @param list the type of lists of them
   */
  record Version(
      CustomResourceDefinitionVersion definition,
      StructType<CustomObject> object,
      StructType<CustomList> list) {

    String name() {
      return Objects.requireNonNull(object.kind()).version();
    }

    boolean served() {
      return Boolean.TRUE.equals(definition.served());
    }

    boolean hasStatus() {
      return definition.subresources() != null && definition.subresources().status() != null;
    }

    boolean hasScale() {
      return definition.subresources() != null && definition.subresources().scale() != null;
    }
  }

  static Shape of(CustomResourceDefinition crd) {
    CustomResourceDefinitionSpec spec = Objects.requireNonNull(crd.spec());
    CustomResourceDefinitionNames names = Objects.requireNonNull(spec.names());
    List<Version> versions = new ArrayList<>();
    for (CustomResourceDefinitionVersion version : spec.versions()) {
      JSONSchemaProps schema = version.schema() == null ? null : version.schema().openAPIV3Schema();
      StructType<CustomObject> object =
          CustomTypes.object(
              kind(spec, version, names.kind()),
              schema == null ? CustomTypes.anyObject() : TreeSchema.of(schema));
      versions.add(
          new Version(
              version, object, CustomTypes.list(kind(spec, version, names.listKind()), object)));
    }
    return new Shape(spec, List.copyOf(versions));
  }

  private static GroupVersionKind kind(
      CustomResourceDefinitionSpec spec,
      CustomResourceDefinitionVersion version,
      @Nullable String kind) {
    return new GroupVersionKind(
        String.valueOf(spec.group()), String.valueOf(version.name()), String.valueOf(kind));
  }

  /** The version in which objects are stored. */
  Version storage() {
    return versions.stream()
        .filter(version -> Boolean.TRUE.equals(version.definition().storage()))
        .findFirst()
        .orElseThrow();
  }

  /** A version by its name; the stored one for a name that there is not. */
  Version version(String name) {
    return versions.stream()
        .filter(v -> v.name().equals(name))
        .findFirst()
        .orElseGet(this::storage);
  }

  String group() {
    return String.valueOf(spec.group());
  }

  CustomResourceDefinitionNames names() {
    return Objects.requireNonNull(spec.names());
  }

  boolean namespaced() {
    return "Namespaced".equals(spec.scope());
  }
}
