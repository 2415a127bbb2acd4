package dev.tiphys.apiserver.resource;

import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.api.meta.v1.OwnerReference;
import dev.tiphys.api.names.DnsNames;
import dev.tiphys.api.names.LabelNames;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.validation.FieldError;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.strategy.Strategy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is wrong with the metadata of any object, in the API's words. */
final class MetaRules {

  private static final Path META = Path.of("metadata");
  private static final Set<String> STANDARD_FINALIZERS =
      Set.of("kubernetes", "orphan", "foregroundDeletion");

  private MetaRules() {}

  static <T extends ApiObject> void validate(
      T object, boolean namespaced, Strategy<T> strategy, FieldErrors errors) {
    ObjectMeta meta = object.metadata();
    if (!text(meta.generateName()).isEmpty()) {
      for (String fault : strategy.nameFaults(text(meta.generateName()), true)) {
        errors.invalid(META.child("generateName"), meta.generateName(), fault);
      }
    }
    String name = text(meta.name());
    if (name.isEmpty()) {
      errors.required(META.child("name"), "name or generateName is required");
    } else {
      for (String fault : strategy.nameFaults(name, false)) {
        errors.invalid(META.child("name"), name, fault);
      }
    }
    if (namespaced) {
      if (text(meta.namespace()).isEmpty()) {
        errors.required(META.child("namespace"), "");
      } else {
        errors.invalid(
            META.child("namespace"), meta.namespace(), DnsNames.label(text(meta.namespace())));
      }
    } else if (!text(meta.namespace()).isEmpty()) {
      errors.forbidden(META.child("namespace"), "not allowed on this type");
    }
    if (meta.generation() != null && meta.generation() < 0) {
      errors.invalid(
          META.child("generation"), meta.generation(), "must be greater than or equal to 0");
    }
    labels(meta.labels(), errors);
    annotations(meta.annotations(), errors);
    owners(meta.ownerReferences(), errors);
    finalizers(meta.finalizers(), errors);
  }

  private static void labels(Map<String, String> labels, FieldErrors errors) {
    Path path = META.child("labels");
    labels.forEach((key, value) -> {
      errors.invalid(path, key, LabelNames.key(key));
      errors.invalid(path, value, LabelNames.value(value));
    });
  }

  private static void annotations(Map<String, String> annotations, FieldErrors errors) {
    Path path = META.child("annotations");
    long total = 0;
    for (Map.Entry<String, String> entry : annotations.entrySet()) {
      errors.invalid(path, entry.getKey(), LabelNames.key(entry.getKey().toLowerCase(Locale.ROOT)));
      total += bytes(entry.getKey()) + bytes(entry.getValue());
    }
    if (total > Limits.ANNOTATION_BYTES) {
      errors.add(FieldError.tooLong(path, Limits.ANNOTATION_BYTES));
    }
  }

  private static long bytes(String text) {
    return text.length() * 3L <= Limits.ANNOTATION_BYTES / 64
        ? text.length()
        : text.getBytes(StandardCharsets.UTF_8).length;
  }

  private static void owners(List<OwnerReference> owners, FieldErrors errors) {
    Path list = META.child("ownerReferences");
    String controller = null;
    for (int i = 0; i < owners.size(); i++) {
      OwnerReference owner = owners.get(i);
      Path path = list.index(i);
      required(path.child("apiVersion"), owner.apiVersion(), "version must not be empty", errors);
      required(path.child("kind"), owner.kind(), "must not be empty", errors);
      required(path.child("name"), owner.name(), "must not be empty", errors);
      required(path.child("uid"), owner.uid(), "must not be empty", errors);
      if ("v1".equals(owner.apiVersion()) && "Event".equals(owner.kind())) {
        errors.invalid(path, "v1, Kind=Event", "is disallowed from being an owner");
      }
      if (Boolean.TRUE.equals(owner.controller())) {
        if (controller != null) {
          errors.invalid(
              list,
              text(owner.name()),
              "Only one reference can have Controller set to true. Found \"true\" in references"
                  + " for "
                  + controller
                  + " and "
                  + text(owner.name()));
        }
        controller = text(owner.name());
      }
    }
  }

  private static void required(
      Path path, @Nullable String value, String detail, FieldErrors errors) {
    if (text(value).isEmpty()) {
      errors.invalid(path, text(value), detail);
    }
  }

  private static void finalizers(List<String> finalizers, FieldErrors errors) {
    Path path = META.child("finalizers");
    for (int i = 0; i < finalizers.size(); i++) {
      String name = finalizers.get(i);
      errors.invalid(path, name, LabelNames.key(name));
      if (LabelNames.key(name).isEmpty()
          && !name.contains("/")
          && !STANDARD_FINALIZERS.contains(name)) {
        errors.invalid(
            path.index(i),
            name,
            "name is neither a standard finalizer name nor is it fully qualified");
      }
    }
    if (finalizers.contains("orphan") && finalizers.contains("foregroundDeletion")) {
      errors.invalid(
          path, finalizers, "finalizer orphan and foregroundDeletion cannot be both set");
    }
  }

  /** What an update may not change. */
  static void validateUpdate(ObjectMeta meta, ObjectMeta old, FieldErrors errors) {
    immutable("name", meta.name(), old.name(), errors);
    immutable("namespace", meta.namespace(), old.namespace(), errors);
    immutable("uid", meta.uid(), old.uid(), errors);
    immutable("creationTimestamp", meta.creationTimestamp(), old.creationTimestamp(), errors);
    immutable("deletionTimestamp", meta.deletionTimestamp(), old.deletionTimestamp(), errors);
    immutable(
        "deletionGracePeriodSeconds",
        meta.deletionGracePeriodSeconds(),
        old.deletionGracePeriodSeconds(),
        errors);
    if (old.deletionTimestamp() != null) {
      List<String> added = new ArrayList<>(meta.finalizers());
      added.removeAll(old.finalizers());
      if (!added.isEmpty()) {
        errors.forbidden(
            META.child("finalizers"),
            "no new finalizers can be added if the object is being deleted, found new finalizers "
                + added.stream().map(f -> "\"" + f + "\"").toList().toString().replace(", ", " "));
      }
    }
  }

  private static void immutable(
      String field, @Nullable Object value, @Nullable Object old, FieldErrors errors) {
    if (!Objects.equals(value, old)) {
      errors.invalid(META.child(field), value, "field is immutable");
    }
  }

  static String text(@Nullable String value) {
    return value == null ? "" : value;
  }
}
