package dev.tiphys.api.schema;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One field of a {@link StructType}: its names on the wire and the rules by which it merges.
 *
 * @param index position within {@link StructType#fields()}, the argument of {@link Struct#get}
 * @param name the JSON name
 * @param number the protobuf field number; 0 if the field has no protobuf form
 * @param inlinePath where protobuf nests the field in messages that JSON inlines (as {@code
 *     Volume.volumeSource}), the numbers of those outer messages, outermost first; empty elsewhere
 * @param type the value's type
 * @param required whether an object without the field is invalid
 * @param pointer whether upstream's field is a pointer, so that a present zero value differs from
 *     an absent one on the wire
 * @param defaultValue the value that an absent field takes, or null; where it is a struct, defaults
 *     of that struct's own fields apply to it as well
 * @param listKind how server-side apply merges the list, struct or map
 * @param listMapKeys for {@link ListKind#MAP}: JSON names of the fields that identify an element
 * @param patchStrategy how strategic merge patch treats the field
 * @param patchMergeKey for {@link PatchStrategy#MERGE} lists of structs: JSON name of the key field
 * @param enumValues the allowed values of a string; empty if any
 */
public record Field(
    int index,
    String name,
    int number,
    List<Integer> inlinePath,
    FieldType type,
    boolean required,
    boolean pointer,
    @Nullable Object defaultValue,
    ListKind listKind,
    List<String> listMapKeys,
    PatchStrategy patchStrategy,
    @Nullable String patchMergeKey,
    List<String> enumValues) {

  /**
   * Whether this is no field of its own but takes all members that no other field names, as an
   * object: of a type whose schema preserves what it does not know.
   */
  public boolean isRest() {
    return name.isEmpty();
  }

  /** A field without rules of its own: optional, no default; lists atomic, the rest granular. */
  public static Field plain(int index, String name, int number, FieldType type) {
    return new Field(
        index,
        name,
        number,
        List.of(),
        type,
        false,
        false,
        null,
        type instanceof FieldType.ListOf ? ListKind.ATOMIC : ListKind.GRANULAR,
        List.of(),
        PatchStrategy.REPLACE,
        null,
        List.of());
  }

  /**
   * {@code x-kubernetes-list-type}, {@code x-kubernetes-map-type} and, for structs, {@code atomic},
   * in one. Lists are {@link #ATOMIC} unless said otherwise; maps and structs are {@link
   * #GRANULAR}.
   */
  public enum ListKind {
    /** Replaced and owned as a whole. */
    ATOMIC,
    /** A list of unique scalars; each element is owned on its own. */
    SET,
    /** A list of structs identified by {@link Field#listMapKeys()}. */
    MAP,
    /** A map or struct whose entries are owned one by one. */
    GRANULAR
  }

  /** {@code x-kubernetes-patch-strategy}. */
  public enum PatchStrategy {
    /** The patch's value replaces the old one (structs and maps still merge field by field). */
    REPLACE,
    /** List elements merge, by {@link Field#patchMergeKey()} for structs, as a set for scalars. */
    MERGE,
    /** The struct keeps only the keys that the patch names. */
    RETAIN_KEYS,
    /** {@link #MERGE} for the list, {@link #RETAIN_KEYS} for its elements. */
    MERGE_RETAIN_KEYS
  }
}
