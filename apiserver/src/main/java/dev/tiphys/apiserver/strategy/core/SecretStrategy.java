package dev.tiphys.apiserver.strategy.core;

import dev.tiphys.api.codec.DecodeException;
import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.api.core.v1.Secret;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.api.value.Bytes;
import dev.tiphys.apiserver.strategy.Strategy;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The rules of Secret. Texts of {@code stringData} become data and are never read back. */
public final class SecretStrategy implements Strategy<Secret> {

  private static final Path DATA = Path.of("data");
  private static final String TYPE = "type";

  private static final Map<String, List<String>> REQUIRED_KEYS =
      Map.of(
          "kubernetes.io/dockercfg", List.of(".dockercfg"),
          "kubernetes.io/dockerconfigjson", List.of(".dockerconfigjson"),
          "kubernetes.io/ssh-auth", List.of("ssh-privatekey"),
          "kubernetes.io/tls", List.of("tls.crt", "tls.key"));

  @Override
  public Secret withDefaults(Secret secret) {
    Secret.Builder filled = secret.toBuilder();
    if (secret.type() == null || secret.type().isEmpty()) {
      filled.type("Opaque");
    }
    if (!secret.stringData().isEmpty()) {
      Map<String, Bytes> data = new LinkedHashMap<>(secret.data());
      secret
          .stringData()
          .forEach(
              (key, text) -> data.put(key, Bytes.copyOf(text.getBytes(StandardCharsets.UTF_8))));
      filled.data(data).stringData(Map.of());
    }
    return filled.build();
  }

  @Override
  public void validate(Secret secret, FieldErrors errors) {
    long bytes = 0;
    for (Map.Entry<String, Bytes> entry : secret.data().entrySet()) {
      DataLimits.checkKey(entry.getKey(), DATA, errors);
      bytes += entry.getValue().size();
    }
    DataLimits.checkSize(bytes, DATA, errors);
    for (String key : REQUIRED_KEYS.getOrDefault(String.valueOf(secret.type()), List.of())) {
      if (!secret.data().containsKey(key)) {
        errors.required(DATA.key(key), "");
      } else if (key.startsWith(".docker")) {
        validateJson(Objects.requireNonNull(secret.data().get(key)), DATA.key(key), errors);
      }
    }
    String basic = "kubernetes.io/basic-auth";
    if (basic.equals(secret.type())
        && !secret.data().containsKey("username")
        && !secret.data().containsKey("password")) {
      errors.required(DATA.key("username"), "");
      errors.required(DATA.key("password"), "");
    }
    String token = "kubernetes.io/service-account-token";
    String account = "kubernetes.io/service-account.name";
    if (token.equals(secret.type())
        && secret.metadata().annotations().getOrDefault(account, "").isEmpty()) {
      errors.required(Path.of("metadata", "annotations").key(account), "");
    }
  }

  private static void validateJson(Bytes value, Path path, FieldErrors errors) {
    try {
      JsonTree.parse(new String(value.toByteArray(), StandardCharsets.UTF_8));
    } catch (DecodeException e) {
      errors.invalid(path, "<secret contents redacted>", String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void validateUpdate(Secret secret, Secret old, FieldErrors errors) {
    if (!Objects.equals(secret.type(), old.type())) {
      errors.invalid(Path.of(TYPE), secret.type(), "field is immutable");
    }
    if (Boolean.TRUE.equals(old.immutable())) {
      String why = "field is immutable when `immutable` is set";
      if (!Boolean.TRUE.equals(secret.immutable())) {
        errors.forbidden(Path.of("immutable"), why);
      }
      if (!secret.data().equals(old.data())) {
        errors.forbidden(DATA, why);
      }
    }
    validate(secret, errors);
  }

  @Override
  public List<String> selectableFields() {
    return List.of(TYPE);
  }

  @Override
  public String fieldValue(Secret secret, String field) {
    return secret.type() == null ? "" : secret.type();
  }
}
