package dev.tiphys.apiserver.openapi;

import dev.tiphys.api.codec.JsonWriter;
import dev.tiphys.api.value.RawJson;
import java.util.List;

/** A JSON document being written, in the words that schemas need. For one thread. */
final class Sink {

  private final JsonWriter out = new JsonWriter(64 * 1024);

  Sink open() {
    out.beginObject();
    return this;
  }

  Sink close() {
    out.endObject();
    return this;
  }

  Sink openList() {
    out.beginArray();
    return this;
  }

  Sink closeList() {
    out.endArray();
    return this;
  }

  Sink name(String name) {
    out.name(name);
    return this;
  }

  Sink text(String name, String value) {
    out.field(name, value);
    return this;
  }

  Sink flag(String name, boolean value) {
    out.name(name).value(value);
    return this;
  }

  Sink value(String value) {
    out.value(value);
    return this;
  }

  Sink texts(String name, List<String> values) {
    out.name(name).beginArray();
    values.forEach(out::value);
    out.endArray();
    return this;
  }

  /** A value that is JSON already. */
  Sink json(String json) {
    out.raw(new RawJson(json));
    return this;
  }

  byte[] bytes() {
    return out.toByteArray();
  }
}
