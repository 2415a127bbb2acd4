package dev.tiphys.api.codec;

import dev.tiphys.api.codec.DecodeOptions.Strictness;
import dev.tiphys.api.schema.StructType;
import dev.tiphys.api.value.QuotedText;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Unknown and duplicate fields of one document, each once, up to a limit. */
final class Findings {

  private final Strictness strictness;
  private @Nullable Set<String> texts;

  Findings(Strictness strictness) {
    this.strictness = strictness;
  }

  /** Whether anybody wants to know. */
  boolean wanted() {
    return strictness != Strictness.IGNORE;
  }

  void unknown(String path) {
    add("unknown field " + QuotedText.of(path));
  }

  void duplicate(String path) {
    add("duplicate field " + QuotedText.of(path));
  }

  private void add(String text) {
    if (!wanted()) {
      return;
    }
    Set<String> known = texts;
    if (known == null) {
      known = new LinkedHashSet<>();
      texts = known;
    }
    if (known.size() < Limits.MAX_FINDINGS) {
      known.add(text);
    }
  }

  List<String> list() {
    Set<String> known = texts;
    return known == null ? List.of() : List.copyOf(known);
  }

  /** Fails if there are some and decoding is strict. */
  void check() {
    if (strictness == Strictness.STRICT && texts != null) {
      throw DecodeException.strict(list());
    }
  }

  /** A decoded value with these as warnings; fails as {@link #check}. */
  <T> Decoded<T> around(T value) {
    check();
    return new Decoded<>(value, list());
  }

  /** Whether a name is no field because it tells the kind of an object. */
  static boolean isTypeMeta(StructType<?> type, String name) {
    return type.kind() != null && (name.equals("kind") || name.equals("apiVersion"));
  }
}
