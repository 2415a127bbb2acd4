package dev.tiphys.apiserver.openapi;

import dev.tiphys.api.Kinds;
import dev.tiphys.api.schema.GroupVersionKind;
import dev.tiphys.api.schema.ResourceType;
import dev.tiphys.api.schema.StructType;
import dev.tiphys.apiserver.discovery.Catalog;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Writes the paths of resources with what can be done there. For one document and one thread. */
final class Operations {

  private static final String META = "io.k8s.apimachinery.pkg.apis.meta.v1.";
  static final String STATUS = META + "Status";
  static final String DELETE_OPTIONS = META + "DeleteOptions";
  static final String PATCH = META + "Patch";

  private static final List<String> PATCH_TYPES =
      List.of(
          "application/json-patch+json",
          "application/merge-patch+json",
          "application/strategic-merge-patch+json",
          "application/apply-patch+yaml");
  private static final List<String> MEDIA_TYPES =
      List.of("application/json", "application/yaml", "application/vnd.kubernetes.protobuf");

  private record Parameter(String name, String type, String description) {}

  private static final List<Parameter> LIST_PARAMETERS =
      List.of(
          new Parameter(
              "allowWatchBookmarks", "boolean", "Whether a watch tells how far it has come."),
          new Parameter("continue", "string", "Where to go on with a list, from the page before."),
          new Parameter("fieldSelector", "string", "Which objects, by their fields."),
          new Parameter("labelSelector", "string", "Which objects, by their labels."),
          new Parameter("limit", "integer", "Most objects of a page."),
          new Parameter("resourceVersion", "string", "How fresh the answer must be."),
          new Parameter(
              "resourceVersionMatch",
              "string",
              "How resourceVersion is meant: Exact or NotOlderThan."),
          new Parameter(
              "sendInitialEvents", "boolean", "Whether a watch begins with what is there."),
          new Parameter("timeoutSeconds", "integer", "How long a watch lasts."),
          new Parameter("watch", "boolean", "Whether to go on telling what changes."));
  private static final List<Parameter> WRITE_PARAMETERS =
      List.of(
          new Parameter("dryRun", "string", "All: check everything and store nothing."),
          new Parameter("fieldManager", "string", "Who owns the fields that are set."),
          new Parameter(
              "fieldValidation", "string", "What unknown fields cause: Ignore, Warn or Strict."));
  private static final List<Parameter> DELETE_PARAMETERS =
      List.of(
          new Parameter("dryRun", "string", "All: check everything and delete nothing."),
          new Parameter("gracePeriodSeconds", "integer", "Time to end in order."),
          new Parameter("orphanDependents", "boolean", "Old form of propagationPolicy."),
          new Parameter(
              "propagationPolicy",
              "string",
              "What becomes of dependents: Orphan, Background or Foreground."));

  private final Dialect dialect;
  private final TreeMap<String, Consumer<Sink>> paths = new TreeMap<>();

  Operations(Dialect dialect) {
    this.dialect = dialect;
  }

  /** Adds the paths of a resource. */
  void add(Catalog.Entry entry) {
    ResourceType<?> type = entry.type();
    String base =
        type.group().isEmpty()
            ? "/api/" + type.version()
            : "/apis/" + type.group() + "/" + type.version();
    String collection =
        base + (type.namespaced() ? "/namespaces/{namespace}/" : "/") + type.plural();
    path(collection, entry, "", type.kind(), entry.verbs(), false);
    if (type.namespaced() && entry.verbs().contains("list")) {
      path(base + "/" + type.plural(), entry, "", type.kind(), List.of("list"), false);
    }
    path(collection + "/{name}", entry, "", type.kind(), entry.verbs(), true);
    for (ResourceType.Subresource subresource : entry.subresources()) {
      path(
          collection + "/{name}/" + subresource.name(),
          entry,
          subresource.name(),
          subresource.kind(),
          subresource.verbs(),
          true);
    }
  }

  private void path(
      String path,
      Catalog.Entry entry,
      String subresource,
      GroupVersionKind kind,
      List<String> verbs,
      boolean named) {
    List<String> here = new ArrayList<>();
    for (String verb : verbs) {
      boolean onCollection =
          verb.equals("list")
              || verb.equals("deletecollection")
              || (verb.equals("create") && subresource.isEmpty());
      if (!verb.equals("watch") && onCollection != named) {
        here.add(verb);
      }
    }
    if (!here.isEmpty()) {
      paths.put(path, out -> item(out, path, entry, subresource, kind, here));
    }
  }

  /** Writes all paths as members of an object, sorted. */
  void write(Sink out) {
    paths.forEach((path, item) -> {
      out.name(path).open();
      item.accept(out);
      out.close();
    });
  }

  private void item(
      Sink out,
      String path,
      Catalog.Entry entry,
      String subresource,
      GroupVersionKind kind,
      List<String> verbs) {
    for (String verb : verbs) {
      out.name(method(verb)).open();
      operation(out, path, entry, subresource, kind, verb);
      out.close();
    }
    out.name("parameters").openList();
    for (String variable : List.of("name", "namespace")) {
      if (path.contains("{" + variable + "}")) {
        parameter(out, new Parameter(variable, "string", "The object's " + variable + "."), "path");
      }
    }
    out.closeList();
  }

  private static String method(String verb) {
    return switch (verb) {
      case "create" -> "post";
      case "update" -> "put";
      case "patch" -> "patch";
      case "delete", "deletecollection" -> "delete";
      default -> "get";
    };
  }

  private static String action(String verb) {
    return switch (verb) {
      case "create" -> "post";
      case "update" -> "put";
      default -> verb;
    };
  }

  private void operation(
      Sink out,
      String path,
      Catalog.Entry entry,
      String subresource,
      GroupVersionKind kind,
      String verb) {
    ResourceType<?> type = entry.type();
    String group = type.group().isEmpty() ? "core" : type.group().split("\\.")[0];
    out.text(
        "description",
        verb + " " + type.plural() + (subresource.isEmpty() ? "" : "/" + subresource));
    out.text("operationId", operationId(path, type, subresource, group, verb));
    out.texts("tags", List.of(group + "_" + type.version()));
    String schema = schemaOf(type, kind);
    boolean writes = verb.equals("create") || verb.equals("update") || verb.equals("patch");
    String body =
        switch (verb) {
          case "create", "update" -> schema;
          case "patch" -> PATCH;
          case "delete", "deletecollection" -> DELETE_OPTIONS;
          default -> null;
        };
    out.name("parameters").openList();
    if (body != null && !dialect.isV3()) {
      out.open().text("in", "body").text("name", "body").flag("required", writes);
      out.name("schema").open();
      dialect.reference(out, body, false);
      out.close().close();
    }
    for (Parameter parameter : parameters(verb, writes)) {
      parameter(out, parameter, "query");
    }
    out.closeList();
    if (body != null && dialect.isV3()) {
      content(
          out.name("requestBody").open(),
          body,
          verb.equals("patch") ? patchTypes(type) : MEDIA_TYPES.subList(0, 1));
      out.close();
    }
    if (!dialect.isV3()) {
      out.texts("consumes", verb.equals("patch") ? patchTypes(type) : List.of("*/*"));
      out.texts("produces", mediaTypes(type));
      out.texts("schemes", List.of("https"));
    }
    responses(out, type, schema, verb);
    out.text("x-kubernetes-action", action(verb));
    out.name("x-kubernetes-group-version-kind");
    Schemas.gvk(out, kind);
  }

  private static List<String> patchTypes(ResourceType<?> type) {
    return type.objectType().get().isDynamic()
        ? PATCH_TYPES.stream().filter(one -> !one.contains("strategic")).toList()
        : PATCH_TYPES;
  }

  private static List<String> mediaTypes(ResourceType<?> type) {
    return type.objectType().get().isDynamic() ? MEDIA_TYPES.subList(0, 2) : MEDIA_TYPES;
  }

  private static List<Parameter> parameters(String verb, boolean writes) {
    if (writes) {
      List<Parameter> all = new ArrayList<>(WRITE_PARAMETERS);
      if (verb.equals("patch")) {
        all.add(new Parameter("force", "boolean", "Whether apply takes fields from their owners."));
      }
      return all;
    }
    return switch (verb) {
      case "list" -> LIST_PARAMETERS;
      case "delete" -> DELETE_PARAMETERS;
      case "deletecollection" -> {
        List<Parameter> all = new ArrayList<>(DELETE_PARAMETERS);
        all.addAll(LIST_PARAMETERS);
        yield all;
      }
      default -> List.of();
    };
  }

  private void parameter(Sink out, Parameter parameter, String in) {
    out.open()
        .text("description", parameter.description())
        .text("in", in)
        .text("name", parameter.name());
    if (in.equals("path")) {
      out.flag("required", true);
    }
    if (dialect.isV3()) {
      out.name("schema").open().text("type", parameter.type()).flag("uniqueItems", true).close();
    } else {
      out.text("type", parameter.type()).flag("uniqueItems", true);
    }
    out.close();
  }

  private void responses(Sink out, ResourceType<?> type, String schema, String verb) {
    String answer =
        switch (verb) {
          case "list" -> type.listType() == null ? schema : type.listType().get().name();
          case "delete", "deletecollection" -> STATUS;
          default -> schema;
        };
    out.name("responses").open();
    response(out, "200", "OK", answer);
    if (verb.equals("create") || verb.equals("update") || verb.equals("patch")) {
      response(out, "201", "Created", answer);
    }
    if (verb.equals("create") || verb.equals("delete")) {
      response(out, "202", "Accepted", answer);
    }
    out.name("401").open().text("description", "Unauthorized").close();
    out.close();
  }

  private void response(Sink out, String code, String description, String schema) {
    out.name(code).open().text("description", description);
    if (dialect.isV3()) {
      content(out, schema, MEDIA_TYPES);
    } else {
      out.name("schema").open();
      dialect.reference(out, schema, false);
      out.close();
    }
    out.close();
  }

  private void content(Sink out, String schema, List<String> mediaTypes) {
    out.name("content").open();
    for (String mediaType : mediaTypes) {
      out.name(mediaType).open().name("schema").open();
      dialect.reference(out, schema, false);
      out.close().close();
    }
    out.close();
  }

  static @Nullable StructType<?> typeOf(GroupVersionKind kind) {
    return Kinds.find(kind);
  }

  private static String schemaOf(ResourceType<?> resource, GroupVersionKind kind) {
    StructType<?> type = kind.equals(resource.kind()) ? resource.objectType().get() : typeOf(kind);
    return Objects.requireNonNull(type, () -> "no type for " + kind).name();
  }

  private static String operationId(
      String path, ResourceType<?> type, String subresource, String group, String verb) {
    String name =
        switch (verb) {
          case "get" -> "read";
          case "update" -> "replace";
          case "deletecollection" -> "deleteCollection";
          default -> verb;
        };
    String scope = path.contains("{namespace}") ? "Namespaced" : "";
    String everywhere = type.namespaced() && scope.isEmpty() ? "ForAllNamespaces" : "";
    return name
        + capital(group)
        + capital(type.version())
        + scope
        + type.kind().kind()
        + capital(subresource)
        + everywhere;
  }

  private static String capital(String text) {
    return text.isEmpty()
        ? text
        : text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
  }
}
