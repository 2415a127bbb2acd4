package dev.tiphys.apiserver.strategy.core;

import dev.tiphys.api.names.FieldNames;
import dev.tiphys.api.validation.FieldError;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;

/**
 * What config maps and secrets have alike: keys that can be file names, and a bound on their size.
 */
final class DataLimits {

  /** 1 MiB for all values together, as the API documents. */
  static final int MAX_BYTES = 1 << 20;

  private DataLimits() {}

  static void checkKey(String key, Path data, FieldErrors errors) {
    FieldNames.configKey(key).forEach(fault -> errors.invalid(data.key(key), key, fault));
  }

  static void checkSize(long bytes, Path path, FieldErrors errors) {
    if (bytes > MAX_BYTES) {
      errors.add(FieldError.tooLong(path, MAX_BYTES));
    }
  }
}
