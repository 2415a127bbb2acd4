package dev.tiphys.client.kubeconfig;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** A mapping within a kubeconfig file that knows where it stands, so that errors can tell. */
final class KubeconfigSection {

  private final Path file;
  private final String place;
  private final Map<?, ?> fields;

  private KubeconfigSection(Path file, String place, Map<?, ?> fields) {
    this.file = file;
    this.place = place;
    this.fields = fields;
  }

  static KubeconfigSection read(Path file) {
    String text;
    try {
      text = Files.readString(file);
    } catch (IOException e) {
      throw new KubeconfigException("kubeconfig " + file + " cannot be read: " + e, e);
    }
    Object top;
    try {
      top = new Load(LoadSettings.builder().setLabel(file.toString()).build()).loadFromString(text);
    } catch (YamlEngineException e) {
      throw new KubeconfigException("kubeconfig " + file + " is not YAML: " + e.getMessage(), e);
    }
    if (!(top instanceof Map<?, ?> map)) {
      throw new KubeconfigException("kubeconfig " + file + " is not a mapping");
    }
    KubeconfigSection section = new KubeconfigSection(file, "", map);
    String kind = section.text("kind");
    if (kind != null && !kind.equals("Config")) {
      throw new KubeconfigException(section.where("kind") + " must be Config, not " + kind);
    }
    return section;
  }

  /** The entries of a list of {@code {name, <inner>}}. */
  Map<String, KubeconfigSection> named(String list, String inner) {
    Map<String, KubeconfigSection> found = new LinkedHashMap<>();
    Object value = fields.get(list);
    if (value == null) {
      return found;
    }
    if (!(value instanceof List<?> items)) {
      throw new KubeconfigException(where(list) + " must be a list");
    }
    for (int i = 0; i < items.size(); i++) {
      if (!(items.get(i) instanceof Map<?, ?> item)) {
        throw new KubeconfigException(where(list + "[" + i + "]") + " must be a mapping");
      }
      if (!(item.get("name") instanceof String name)) {
        throw new KubeconfigException(where(list + "[" + i + "].name") + " is missing");
      }
      Object body = item.get(inner) == null ? Map.of() : item.get(inner);
      if (!(body instanceof Map<?, ?> mapping)) {
        throw new KubeconfigException(
            where(list + "[" + name + "]." + inner) + " must be a mapping");
      }
      found.putIfAbsent(
          name, new KubeconfigSection(file, list + "[" + name + "]." + inner + ".", mapping));
    }
    return found;
  }

  String where(String field) {
    return "kubeconfig " + file + ": " + place + field;
  }

  @Nullable String text(String field) {
    Object value = fields.get(field);
    if (value == null) {
      return null;
    }
    if (value instanceof Map || value instanceof List) {
      throw new KubeconfigException(where(field) + " must be a string");
    }
    return value.toString();
  }

  String require(String field) {
    String value = text(field);
    if (value == null || value.isEmpty()) {
      throw new KubeconfigException(where(field) + " is missing");
    }
    return value;
  }

  boolean flag(String field) {
    return Boolean.parseBoolean(text(field));
  }

  void refuse(String field, String why) {
    Object value = fields.get(field);
    if (value != null && !value.equals("")) {
      throw new KubeconfigException(where(field) + ": " + why);
    }
  }

  /** A path, relative ones beginning where the file lies. */
  @Nullable Path path(String field) {
    String value = text(field);
    return value == null || value.isEmpty() ? null : file.resolveSibling(value);
  }

  /** What stands inline in {@code <field>-data} as base64, or in the file that the field names. */
  byte @Nullable [] material(String field) {
    String inline = text(field + "-data");
    if (inline != null && !inline.isEmpty()) {
      try {
        return Base64.getMimeDecoder().decode(inline);
      } catch (IllegalArgumentException e) {
        throw new KubeconfigException(where(field + "-data") + " is not base64", e);
      }
    }
    Path path = path(field);
    if (path == null) {
      return null;
    }
    try {
      return Files.readAllBytes(path);
    } catch (IOException e) {
      throw new KubeconfigException(where(field) + ": " + path + " cannot be read: " + e, e);
    }
  }
}
