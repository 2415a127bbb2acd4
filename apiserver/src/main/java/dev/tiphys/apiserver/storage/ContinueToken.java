package dev.tiphys.apiserver.storage;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.StringWriter;
import java.util.Base64;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Where a list goes on. Written as upstream writes it, so that pages can be read from either
 * server.
 *
 * @param revision of the first page; {@link #INCONSISTENT} to go on at the latest
 * @param start the first path to read, without the resource's prefix
 */
record ContinueToken(long revision, String start) {

  /** The revision of a token that has given up on consistency. */
  static final long INCONSISTENT = -1;

  private static final String VERSION = "meta.k8s.io/v1";
  private static final int MAX_CHARS = 8192;
  private static final JsonFactory JSON = new JsonFactory();

  String encode() {
    StringWriter out = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), out)) {
      json.writeStartObject();
      json.writeStringProperty("v", VERSION);
      json.writeNumberProperty("rv", revision);
      json.writeStringProperty("start", start);
      json.writeEndObject();
    }
    return Base64.getUrlEncoder().withoutPadding().encodeToString(out.toString().getBytes(UTF_8));
  }

  /**
   * Reads a token.
   *
   * @throws StorageException.Malformed if it is none
   */
  static ContinueToken decode(String token) {
    if (token.length() > MAX_CHARS) {
      throw malformed("too long");
    }
    String version = "";
    String start = "";
    long revision = 0;
    try (JsonParser json =
        JSON.createParser(ObjectReadContext.empty(), Base64.getUrlDecoder().decode(token))) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw malformed("not an object");
      }
      String name = json.nextName();
      while (name != null) {
        JsonToken value = json.nextToken();
        if (name.equals("v") && value == JsonToken.VALUE_STRING) {
          version = json.getString();
        } else if (name.equals("start") && value == JsonToken.VALUE_STRING) {
          start = json.getString();
        } else if (name.equals("rv") && value == JsonToken.VALUE_NUMBER_INT) {
          revision = json.getLongValue();
        } else {
          json.skipChildren();
        }
        name = json.nextName();
      }
    } catch (IllegalArgumentException | JacksonException e) {
      throw malformed("not readable");
    }
    if (!version.equals(VERSION)) {
      throw malformed("incorrect encoded version \"" + version + "\"");
    }
    if (revision == 0 || revision < INCONSISTENT || start.isEmpty() || start.contains("..")) {
      throw malformed("it does not say where to go on");
    }
    return new ContinueToken(revision, start.startsWith("/") ? start.substring(1) : start);
  }

  private static StorageException.Malformed malformed(String why) {
    return new StorageException.Malformed("continue key is not valid: " + why);
  }
}
