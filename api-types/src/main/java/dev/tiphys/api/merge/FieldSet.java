package dev.tiphys.api.merge;

import dev.tiphys.api.codec.JsonWriter;
import dev.tiphys.api.value.RawJson;
import dev.tiphys.api.value.SharedTexts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A set of paths into an object, as a tree that shares parts: the fields that somebody owns. Its
 * JSON is {@code managedFields[].fieldsV1}. Immutable and thread-safe.
 *
 * @see <a href="https://kubernetes.io/docs/reference/using-api/server-side-apply/">Server-side
 *     apply</a>
 */
public final class FieldSet {

  /** No path at all. */
  public static final FieldSet EMPTY = new FieldSet(false, new PathElement[0], new FieldSet[0]);

  private static final FieldSet LEAF = new FieldSet(true, EMPTY.elements, EMPTY.children);

  /** Whether the path that leads here is in the set. */
  private final boolean member;

  /** Sorted. */
  private final PathElement[] elements;

  /** What is below each element; none is empty. */
  private final FieldSet[] children;

  private FieldSet(boolean member, PathElement[] elements, FieldSet[] children) {
    this.member = member;
    this.elements = elements;
    this.children = children;
  }

  /** The set of one path: fields within each other, outermost first. */
  public static FieldSet of(String first, String... more) {
    Builder builder = new Builder();
    Builder at = builder.child(PathElement.field(first));
    for (String name : more) {
      at = at.child(PathElement.field(name));
    }
    at.member = true;
    return builder.build();
  }

  /**
   * Reads fieldsV1.
   *
   * @throws IllegalArgumentException if it is malformed
   */
  public static FieldSet parse(RawJson fieldsV1) {
    return new FieldSetParser(fieldsV1.json()).parse();
  }

  /** Writes fieldsV1: elements sorted, {@code .} for a path that has others below it. */
  public RawJson toJson() {
    JsonWriter out = new JsonWriter(512);
    write(out, false);
    // The objects of a workload are owned alike.
    return new RawJson(SharedTexts.share(out.toString()));
  }

  private void write(JsonWriter out, boolean dot) {
    out.beginObject();
    if (dot && member && elements.length > 0) {
      out.name(".").beginObject().endObject();
    }
    for (int i = 0; i < elements.length; i++) {
      children[i].write(out.name(elements[i].encoded()), true);
    }
    out.endObject();
  }

  /** Whether there is no path. */
  public boolean isEmpty() {
    return !member && elements.length == 0;
  }

  boolean isMember() {
    return member;
  }

  /** What is below an element; empty if nothing. */
  FieldSet child(PathElement element) {
    int at = Arrays.binarySearch(elements, element);
    return at < 0 ? EMPTY : children[at];
  }

  PathElement element(int index) {
    return elements[index];
  }

  FieldSet childAt(int index) {
    return children[index];
  }

  /** How many elements there are below this one. */
  int size() {
    return elements.length;
  }

  /** Paths in either. */
  public FieldSet union(FieldSet other) {
    if (this == other || other.isEmpty()) {
      return this;
    }
    return isEmpty() ? other : combine(other, member || other.member, true, true, FieldSet::union);
  }

  /** Paths in both. */
  public FieldSet intersection(FieldSet other) {
    return combine(other, member && other.member, false, false, FieldSet::intersection);
  }

  /** Paths in this and not in the other. The same instance if there is none in both. */
  public FieldSet minus(FieldSet other) {
    if (other.isEmpty() || isEmpty()) {
      return this;
    }
    return combine(other, member && !other.member, true, false, FieldSet::minus);
  }

  /** Paths in this that are neither in the other nor below one that is. */
  public FieldSet minusBelow(FieldSet other) {
    if (other.isEmpty() || isEmpty()) {
      return this;
    }
    return other.member ? EMPTY : combine(other, member, true, false, FieldSet::minusBelow);
  }

  private FieldSet combine(
      FieldSet other,
      boolean self,
      boolean keepLeft,
      boolean keepRight,
      BinaryOperator<FieldSet> both) {
    List<PathElement> keys = new ArrayList<>(elements.length);
    List<FieldSet> values = new ArrayList<>(elements.length);
    boolean same = self == member;
    int i = 0;
    int j = 0;
    while (i < elements.length || j < other.elements.length) {
      int order =
          i == elements.length
              ? 1
              : j == other.elements.length ? -1 : elements[i].compareTo(other.elements[j]);
      FieldSet result = EMPTY;
      PathElement key = order <= 0 ? elements[i] : other.elements[j];
      if (order == 0) {
        result = both.apply(children[i], other.children[j]);
      } else if (order < 0 && keepLeft) {
        result = children[i];
      } else if (order > 0 && keepRight) {
        result = other.children[j];
      }
      same &= order > 0 ? result.isEmpty() : result == children[i];
      if (!result.isEmpty()) {
        keys.add(key);
        values.add(result);
      }
      i += order <= 0 ? 1 : 0;
      j += order >= 0 ? 1 : 0;
    }
    return same ? this : of(self, keys, values);
  }

  private static FieldSet of(boolean member, List<PathElement> keys, List<FieldSet> values) {
    if (keys.isEmpty()) {
      return member ? LEAF : EMPTY;
    }
    return new FieldSet(member, keys.toArray(new PathElement[0]), values.toArray(new FieldSet[0]));
  }

  /** The paths in the order of their elements, as messages show them: {@code .spec.replicas}. */
  public List<String> paths() {
    List<String> paths = new ArrayList<>();
    collect("", paths);
    return paths;
  }

  private void collect(String path, List<String> paths) {
    if (member) {
      paths.add(path);
    }
    for (int i = 0; i < elements.length; i++) {
      children[i].collect(path + elements[i], paths);
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other
        || other instanceof FieldSet that
            && member == that.member
            && Arrays.equals(elements, that.elements)
            && Arrays.equals(children, that.children);
  }

  @Override
  public int hashCode() {
    return 31 * (Boolean.hashCode(member) + 31 * Arrays.hashCode(elements))
        + Arrays.hashCode(children);
  }

  @Override
  public String toString() {
    return toJson().json();
  }

  /** Gathers paths. Not thread-safe. */
  static final class Builder {
    private final Map<PathElement, Builder> children = new TreeMap<>();
    private boolean member;

    /** The place below an element. */
    Builder child(PathElement element) {
      return children.computeIfAbsent(element, _ -> new Builder());
    }

    /** Adds the path that leads here. */
    void add() {
      member = true;
    }

    /** Adds a path below here. */
    void add(List<PathElement> path) {
      Builder at = this;
      for (int i = 0; i < path.size(); i++) {
        at = at.child(path.get(i));
      }
      at.member = true;
    }

    FieldSet build() {
      List<PathElement> keys = new ArrayList<>(children.size());
      List<FieldSet> values = new ArrayList<>(children.size());
      children.forEach((key, child) -> {
        FieldSet built = child.build();
        if (!built.isEmpty()) {
          keys.add(key);
          values.add(built);
        }
      });
      return of(member, keys, values);
    }
  }
}
