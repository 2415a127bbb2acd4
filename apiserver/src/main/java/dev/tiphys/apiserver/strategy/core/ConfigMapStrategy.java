package dev.tiphys.apiserver.strategy.core;

import dev.tiphys.api.core.v1.ConfigMap;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.api.value.Bytes;
import dev.tiphys.apiserver.strategy.Strategy;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** The rules of ConfigMap. */
public final class ConfigMapStrategy implements Strategy<ConfigMap> {

  private static final Path DATA = Path.of("data");
  private static final Path BINARY_DATA = Path.of("binaryData");

  @Override
  public void validate(ConfigMap map, FieldErrors errors) {
    long bytes = 0;
    for (Map.Entry<String, String> entry : map.data().entrySet()) {
      DataLimits.checkKey(entry.getKey(), DATA, errors);
      if (map.binaryData().containsKey(entry.getKey())) {
        errors.invalid(
            DATA.key(entry.getKey()), entry.getKey(), "duplicate of key present in binaryData");
      }
      bytes += entry.getValue().getBytes(StandardCharsets.UTF_8).length;
    }
    for (Map.Entry<String, Bytes> entry : map.binaryData().entrySet()) {
      DataLimits.checkKey(entry.getKey(), BINARY_DATA, errors);
      bytes += entry.getValue().size();
    }
    DataLimits.checkSize(bytes, Path.ROOT, errors);
  }

  @Override
  public void validateUpdate(ConfigMap map, ConfigMap old, FieldErrors errors) {
    if (Boolean.TRUE.equals(old.immutable())) {
      String why = "field is immutable when `immutable` is set";
      if (!Boolean.TRUE.equals(map.immutable())) {
        errors.forbidden(Path.of("immutable"), why);
      }
      if (!map.data().equals(old.data())) {
        errors.forbidden(DATA, why);
      }
      if (!map.binaryData().equals(old.binaryData())) {
        errors.forbidden(BINARY_DATA, why);
      }
    }
    validate(map, errors);
  }
}
