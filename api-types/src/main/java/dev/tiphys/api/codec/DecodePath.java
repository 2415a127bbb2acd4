package dev.tiphys.api.codec;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Where a decoder stands, as a stack that costs nothing until somebody asks for its text. Keys of
 * maps and positions in lists are told apart from fields, because some messages leave them out.
 */
final class DecodePath {

  private @Nullable String[] names = new @Nullable String[16];

  /** A list position, or one of the marks below. */
  private int[] kinds = new int[16];

  private int depth;

  private static final int FIELD = -1;
  private static final int KEY = -2;

  void field(String name) {
    push(name, FIELD);
  }

  void key(String key) {
    push(key, KEY);
  }

  void index(int index) {
    push(null, index);
  }

  private void push(@Nullable String name, int kind) {
    if (depth == names.length) {
      names = Arrays.copyOf(names, depth * 2);
      kinds = Arrays.copyOf(kinds, depth * 2);
    }
    names[depth] = name;
    kinds[depth++] = kind;
  }

  void pop() {
    depth--;
  }

  /** {@code spec.containers[0].env[1].name}: how unknown fields are told. */
  String full(String last) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < depth; i++) {
      if (kinds[i] >= 0) {
        out.append('[').append(kinds[i]).append(']');
      } else {
        dot(out).append(names[i]);
      }
    }
    return dot(out).append(last).toString();
  }

  /** {@code spec.containers.env.name}: how wrong types are told. */
  String fieldsOnly() {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < depth; i++) {
      if (kinds[i] == FIELD) {
        dot(out).append(names[i]);
      }
    }
    return out.toString();
  }

  private static StringBuilder dot(StringBuilder out) {
    return out.isEmpty() ? out : out.append('.');
  }
}
