package dev.tiphys.apiserver.openapi;

import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.api.codec.JsonTree.Arr;
import dev.tiphys.api.codec.JsonTree.Bool;
import dev.tiphys.api.codec.JsonTree.Obj;
import dev.tiphys.api.codec.JsonTree.Text;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An OpenAPI v2 document in gnostic's protobuf, the only form that kubectl up to 1.26 reads. Knows
 * the keywords that {@link Documents#v2} writes. Pure.
 */
final class Gnostic {

  private Gnostic() {}

  /** The same document, from JSON. */
  static byte[] ofJson(byte[] json) {
    Obj document = object(JsonTree.parse(json));
    Message out = new Message();
    document.members().forEach((name, value) -> document(out, name, value));
    return out.toBytes();
  }

  private static void document(Message out, String name, JsonTree value) {
    switch (name) {
      case "swagger" -> out.text(1, text(value));
      case "info" -> out.message(2, info(object(value)));
      case "paths" -> {
        Message paths = new Message();
        object(value).members().forEach((path, item) -> paths.message(2, named(path, path(item))));
        out.message(8, paths);
      }
      case "definitions" -> out.message(9, schemas(value));
      case "securityDefinitions" -> {
        Message definitions = new Message();
        object(value)
            .members()
            .forEach((key, definition) ->
                definitions.message(
                    1, named(key, new Message().message(2, apiKey(object(definition))))));
        out.message(13, definitions);
      }
      default -> {
        // Security requirements name only what every client sends anyway.
      }
    }
  }

  private static Message info(Obj info) {
    return new Message().text(1, text(info.get("title"))).text(2, text(info.get("version")));
  }

  private static Message apiKey(Obj definition) {
    return new Message()
        .text(1, text(definition.get("type")))
        .text(2, text(definition.get("name")))
        .text(3, text(definition.get("in")))
        .text(4, text(definition.get("description")));
  }

  static Message named(String name, Message value) {
    return new Message().text(1, name).message(2, value);
  }

  private static Message path(JsonTree item) {
    Message out = new Message();
    object(item)
        .members()
        .forEach((name, value) -> {
          switch (name) {
            case "get" -> out.message(2, operation(object(value)));
            case "put" -> out.message(3, operation(object(value)));
            case "post" -> out.message(4, operation(object(value)));
            case "delete" -> out.message(5, operation(object(value)));
            case "patch" -> out.message(8, operation(object(value)));
            default -> parameters(out, 9, value);
          }
        });
    return out;
  }

  private static Message operation(Obj operation) {
    Message out = new Message();
    operation
        .members()
        .forEach((name, value) -> {
          switch (name) {
            case "tags" -> texts(out, 1, value);
            case "description" -> out.text(3, text(value));
            case "operationId" -> out.text(5, text(value));
            case "produces" -> texts(out, 6, value);
            case "consumes" -> texts(out, 7, value);
            case "parameters" -> parameters(out, 8, value);
            case "responses" -> out.message(9, responses(object(value)));
            case "schemes" -> texts(out, 10, value);
            default -> out.message(13, extension(name, value));
          }
        });
    return out;
  }

  private static void parameters(Message out, int number, JsonTree list) {
    for (JsonTree parameter : array(list).elements()) {
      out.message(number, new Message().message(1, parameter(object(parameter))));
    }
  }

  private static Message parameter(Obj parameter) {
    String in = text(parameter.get("in"));
    if (in.equals("body")) {
      Message body = new Message().text(2, text(parameter.get("name"))).text(3, in);
      if (parameter.get("required") instanceof Bool required) {
        body.flag(4, required.value());
      }
      return new Message().message(1, body.message(5, schema(object(parameter.get("schema")))));
    }
    boolean path = in.equals("path");
    Message sub = new Message();
    if (path) {
      sub.flag(1, true);
    }
    sub.text(2, in)
        .text(3, text(parameter.get("description")))
        .text(4, text(parameter.get("name")))
        .text(path ? 5 : 6, text(parameter.get("type")))
        .flag(path ? 19 : 20, true);
    return new Message().message(2, new Message().message(path ? 4 : 3, sub));
  }

  private static Message responses(Obj responses) {
    Message out = new Message();
    responses
        .members()
        .forEach((code, value) -> {
          Obj response = object(value);
          Message one = new Message().text(1, text(response.get("description")));
          if (response.get("schema") instanceof Obj schema) {
            one.message(2, new Message().message(1, schema(schema)));
          }
          out.message(1, named(code, new Message().message(1, one)));
        });
    return out;
  }

  private static Message schemas(JsonTree schemas) {
    Message out = new Message();
    object(schemas)
        .members()
        .forEach((name, schema) -> out.message(1, named(name, schema(object(schema)))));
    return out;
  }

  private static Message schema(Obj schema) {
    Message out = new Message();
    for (Map.Entry<String, JsonTree> member : schema.members().entrySet()) {
      JsonTree value = member.getValue();
      switch (member.getKey()) {
        case "$ref" -> out.text(1, text(value));
        case "format" -> out.text(2, text(value));
        case "description" -> out.text(4, text(value));
        case "default" -> out.message(5, any(value));
        case "required" -> texts(out, 19, value);
        case "enum" -> array(value).elements().forEach(one -> out.message(20, any(one)));
        case "additionalProperties" ->
            out.message(21, new Message().message(1, schema(object(value))));
        case "type" -> out.message(22, new Message().text(1, text(value)));
        case "items" -> out.message(23, new Message().message(1, schema(object(value))));
        case "properties" -> out.message(25, schemas(value));
        default -> out.message(31, extension(member.getKey(), value));
      }
    }
    return out;
  }

  private static Message extension(String name, JsonTree value) {
    return named(name, any(value));
  }

  /** Any value as YAML, of which JSON is a part. */
  static Message any(JsonTree value) {
    return new Message().text(2, value.toJson());
  }

  static void texts(Message out, int number, JsonTree list) {
    array(list).elements().forEach(one -> out.text(number, text(one)));
  }

  static Obj object(@Nullable JsonTree value) {
    return value instanceof Obj object ? object : JsonTree.EMPTY_OBJECT;
  }

  static Arr array(JsonTree value) {
    return value instanceof Arr array ? array : new Arr(List.of());
  }

  static String text(@Nullable JsonTree value) {
    return value instanceof Text text ? text.value() : "";
  }
}
