package dev.tiphys.api.codec;

import java.util.List;

/**
 * What decoding yields.
 *
 * @param value the value
 * @param warnings unknown and duplicate fields, as {@code unknown field "spec.foo"}; empty unless
 *     the strictness was {@link DecodeOptions.Strictness#WARN}
 */
public record Decoded<T>(T value, List<String> warnings) {

  /** Copies the list. */
  public Decoded {
    warnings = List.copyOf(warnings);
  }
}
