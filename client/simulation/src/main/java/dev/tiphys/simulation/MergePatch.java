package dev.tiphys.simulation;

import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** RFC 7386 over plain maps: enough for tests. JSON is read as the YAML that it also is. */
final class MergePatch {

  private MergePatch() {}

  static String apply(String target, String patch) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(ObjectWriteContext.empty(), text)) {
      write(json, merge(parse(target), parse(patch)));
    }
    return text.toString();
  }

  private static @Nullable Object parse(String json) {
    return new Load(LoadSettings.builder().build()).loadFromString(json);
  }

  private static @Nullable Object merge(@Nullable Object target, @Nullable Object patch) {
    if (!(patch instanceof Map<?, ?> changes)) {
      return patch;
    }
    Map<Object, @Nullable Object> result =
        target instanceof Map<?, ?> before ? new LinkedHashMap<>(before) : new LinkedHashMap<>();
    changes.forEach((key, value) -> {
      if (value == null) {
        result.remove(key);
      } else {
        result.put(key, merge(result.get(key), value));
      }
    });
    return result;
  }

  private static void write(JsonGenerator json, @Nullable Object value) {
    switch (value) {
      case null -> json.writeNull();
      case Map<?, ?> map -> {
        json.writeStartObject();
        map.forEach((key, each) -> {
          json.writeName(String.valueOf(key));
          write(json, each);
        });
        json.writeEndObject();
      }
      case Iterable<?> list -> {
        json.writeStartArray();
        list.forEach(each -> write(json, each));
        json.writeEndArray();
      }
      case Boolean truth -> json.writeBoolean(truth);
      case Integer number -> json.writeNumber(number);
      case Long number -> json.writeNumber(number);
      case Number number -> json.writeNumber(number.doubleValue());
      default -> json.writeString(value.toString());
    }
  }
}
