package dev.tiphys.api.validation;

import org.jspecify.annotations.Nullable;

/**
 * Where a field stands in an object: {@code spec.containers[0].env[1].name}, {@code
 * metadata.labels[app]}. Making one costs a small object; the text is made only when asked for.
 * Immutable.
 */
public final class Path {

  /** The object itself. Its text is the API's for a missing path. */
  public static final Path ROOT = new Path(null, "", false);

  private final @Nullable Path parent;
  private final String name;
  private final boolean bracketed;

  private Path(@Nullable Path parent, String name, boolean bracketed) {
    this.parent = parent;
    this.name = name;
    this.bracketed = bracketed;
  }

  /** The path of fields, outermost first: {@code of("spec", "replicas")}. */
  public static Path of(String first, String... more) {
    return ROOT.child(first, more);
  }

  /** The path of a field of the struct here. */
  public Path child(String name, String... more) {
    Path path = new Path(this, name, false);
    for (String next : more) {
      path = new Path(path, next, false);
    }
    return path;
  }

  /** The path of an element of the list here. */
  public Path index(int index) {
    return new Path(this, Integer.toString(index), true);
  }

  /** The path of an entry of the map here. */
  public Path key(String key) {
    return new Path(this, key, true);
  }

  @Override
  public String toString() {
    if (parent == null) {
      return "<nil>";
    }
    StringBuilder out = new StringBuilder();
    appendTo(out);
    return out.toString();
  }

  private void appendTo(StringBuilder out) {
    if (parent == null) {
      return;
    }
    parent.appendTo(out);
    if (bracketed) {
      out.append('[').append(name).append(']');
    } else {
      if (parent.parent != null) {
        out.append('.');
      }
      out.append(name);
    }
  }
}
