package dev.tiphys.api.merge;

import dev.tiphys.api.meta.v1.ManagedFieldsEntry;
import dev.tiphys.api.value.RawJson;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** {@code metadata.managedFields} while it is worked on. Not thread-safe. */
final class FieldOwners {

  private static final String APPLY = "Apply";
  private static final String UPDATE = "Update";
  private static final String FIELDS_V1 = "FieldsV1";
  private static final String OLD_UPDATES = "ancient-changes";

  /**
   * What one owner owns.
   *
   * @param encoded the set as it was read, to be written again if it stays
   */
  private record Owned(
      FieldSet fields, String apiVersion, @Nullable Instant time, @Nullable RawJson encoded) {}

  private final Map<FieldOwner, Owned> owners = new LinkedHashMap<>();

  private FieldOwners() {}

  /**
   * Reads entries.
   *
   * @throws PatchException if one is malformed
   */
  static FieldOwners of(List<ManagedFieldsEntry> entries) {
    FieldOwners result = new FieldOwners();
    for (ManagedFieldsEntry entry : entries) {
      boolean applies = APPLY.equals(entry.operation());
      if (!applies && !UPDATE.equals(entry.operation())) {
        throw PatchException.malformed(
            "unexpected operation in managedFields: " + text(entry.operation()));
      }
      RawJson encoded = entry.fieldsV1();
      FieldSet fields = FieldSet.EMPTY;
      try {
        fields = encoded == null ? fields : FieldSet.parse(encoded);
      } catch (IllegalArgumentException e) {
        throw PatchException.malformed("malformed managedFields: " + e.getMessage(), e);
      }
      String version = text(entry.apiVersion());
      FieldOwner owner =
          new FieldOwner(
              text(entry.manager()), applies, applies ? "" : version, text(entry.subresource()));
      result.owners.put(owner, new Owned(fields, version, entry.time(), encoded));
    }
    return result;
  }

  private static String text(@Nullable String text) {
    return text == null ? "" : text;
  }

  /** The owners there are. */
  List<FieldOwner> all() {
    return List.copyOf(owners.keySet());
  }

  /** What an owner owns; nothing if it is none. */
  FieldSet fieldsOf(FieldOwner owner) {
    Owned owned = owners.get(owner);
    return owned == null ? FieldSet.EMPTY : owned.fields();
  }

  /** What all but one own. */
  FieldSet fieldsOfOthers(FieldOwner one) {
    FieldSet all = FieldSet.EMPTY;
    for (Map.Entry<FieldOwner, Owned> entry : owners.entrySet()) {
      if (!entry.getKey().equals(one)) {
        all = all.union(entry.getValue().fields());
      }
    }
    return all;
  }

  /** Changes what an owner owns, who is none any more if that leaves nothing. */
  void change(FieldOwner owner, UnaryOperator<FieldSet> change) {
    Owned owned = owners.get(owner);
    if (owned != null) {
      FieldSet fields = change.apply(owned.fields());
      if (fields.isEmpty()) {
        owners.remove(owner);
      } else if (fields != owned.fields()) {
        owners.put(owner, new Owned(fields, owned.apiVersion(), owned.time(), null));
      }
    }
  }

  /** Sets what an owner owns. An empty set is kept for one who applies: it applied nothing. */
  void set(FieldOwner owner, FieldSet fields, String apiVersion, @Nullable Instant time) {
    if (fields.isEmpty() && !owner.applies()) {
      owners.remove(owner);
    } else {
      owners.put(owner, new Owned(fields, apiVersion, time, null));
    }
  }

  @Nullable Instant timeOf(FieldOwner owner) {
    Owned owned = owners.get(owner);
    return owned == null ? null : owned.time();
  }

  String versionOf(FieldOwner owner) {
    Owned owned = owners.get(owner);
    return owned == null ? "" : owned.apiVersion();
  }

  /** Writes entries in the order in which the API shows them. */
  List<ManagedFieldsEntry> entries() {
    List<ManagedFieldsEntry> entries = new ArrayList<>(owners.size());
    owners.forEach((owner, owned) -> entries.add(entry(owner, owned)));
    entries.sort(
        Comparator.comparing((ManagedFieldsEntry entry) -> text(entry.operation()))
            .thenComparing(FieldOwners::secondOf)
            .thenComparing(entry -> text(entry.manager()))
            .thenComparing(entry -> text(entry.apiVersion()))
            .thenComparing(entry -> text(entry.subresource())));
    return entries;
  }

  private static long secondOf(ManagedFieldsEntry entry) {
    Instant time = entry.time();
    return time == null ? 0 : time.getEpochSecond();
  }

  private static ManagedFieldsEntry entry(FieldOwner owner, Owned owned) {
    RawJson encoded = owned.encoded();
    return ManagedFieldsEntry.builder()
        .manager(owner.manager())
        .operation(owner.applies() ? APPLY : UPDATE)
        .apiVersion(owned.apiVersion())
        .time(owned.time())
        .fieldsType(FIELDS_V1)
        .fieldsV1(encoded == null ? owned.fields().toJson() : encoded)
        .subresource(owner.subresource().isEmpty() ? null : owner.subresource())
        .build();
  }

  /** Merges the oldest updates of a version into one entry while there are too many. */
  void cap() {
    List<FieldOwner> updaters = new ArrayList<>();
    for (FieldOwner owner : owners.keySet()) {
      if (!owner.applies()) {
        updaters.add(owner);
      }
    }
    int surplus = updaters.size() - Limits.MAX_UPDATE_MANAGERS;
    if (surplus <= 0) {
      return;
    }
    updaters.sort(
        Comparator.comparing(
            this::timeOf, Comparator.nullsFirst(Comparator.<Instant>naturalOrder())));
    Map<String, FieldOwner> firstOfVersion = new LinkedHashMap<>();
    for (FieldOwner owner : updaters) {
      if (surplus == 0) {
        return;
      }
      FieldOwner first = firstOfVersion.putIfAbsent(owner.apiVersion(), owner);
      if (first != null) {
        FieldOwner bucket = new FieldOwner(OLD_UPDATES, false, owner.apiVersion(), "");
        moveInto(bucket, first);
        moveInto(bucket, owner);
        surplus--;
      }
    }
  }

  private void moveInto(FieldOwner bucket, FieldOwner owner) {
    Owned owned = owners.get(owner);
    if (owned == null || owner.equals(bucket)) {
      return;
    }
    owners.remove(owner);
    set(bucket, fieldsOf(bucket).union(owned.fields()), owned.apiVersion(), owned.time());
  }
}
