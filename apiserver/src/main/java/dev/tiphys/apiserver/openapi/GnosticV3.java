package dev.tiphys.apiserver.openapi;

import static dev.tiphys.apiserver.openapi.Gnostic.any;
import static dev.tiphys.apiserver.openapi.Gnostic.array;
import static dev.tiphys.apiserver.openapi.Gnostic.named;
import static dev.tiphys.apiserver.openapi.Gnostic.object;
import static dev.tiphys.apiserver.openapi.Gnostic.text;
import static dev.tiphys.apiserver.openapi.Gnostic.texts;

import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.api.codec.JsonTree.Bool;
import dev.tiphys.api.codec.JsonTree.Num;
import dev.tiphys.api.codec.JsonTree.Obj;
import dev.tiphys.api.codec.JsonTree.Text;
import java.util.Map;
import java.util.function.Function;

/**
 * An OpenAPI v3 document in gnostic's protobuf, which is what client-go asks for. Knows the
 * keywords that {@link Documents#v3} writes, and those of custom resources' schemas. Pure.
 */
final class GnosticV3 {

  private GnosticV3() {}

  /** The same document, from JSON. */
  static byte[] ofJson(byte[] json) {
    Message out = new Message();
    object(JsonTree.parse(json))
        .members()
        .forEach((name, value) -> {
          switch (name) {
            case "openapi" -> out.text(1, text(value));
            case "info" ->
                out.message(
                    2,
                    new Message()
                        .text(1, text(object(value).get("title")))
                        .text(6, text(object(value).get("version"))));
            case "paths" -> out.message(4, entries(value, GnosticV3::path));
            case "components" -> out.message(5, components(object(value)));
            default -> {
              // Nothing else is written.
            }
          }
        });
    return out.toBytes();
  }

  /** A map as the list of its entries, which is field 1 of every such message. */
  private static Message entries(JsonTree map, Function<Obj, Message> value) {
    Message out = new Message();
    object(map)
        .members()
        .forEach((name, entry) -> out.message(1, named(name, value.apply(object(entry)))));
    return out;
  }

  /** One of two: what it is itself, or a reference. */
  private static Message itself(Message value) {
    return new Message().message(1, value);
  }

  private static Message components(Obj components) {
    Message out = new Message();
    components
        .members()
        .forEach((name, value) -> {
          switch (name) {
            case "schemas" -> out.message(1, entries(value, GnosticV3::schema));
            case "securitySchemes" ->
                out.message(7, entries(value, scheme -> itself(securityScheme(scheme))));
            default -> {
              // Nothing else is written.
            }
          }
        });
    return out;
  }

  private static Message securityScheme(Obj scheme) {
    return new Message()
        .text(1, text(scheme.get("type")))
        .text(2, text(scheme.get("description")))
        .text(3, text(scheme.get("name")))
        .text(4, text(scheme.get("in")));
  }

  private static Message path(Obj item) {
    Message out = new Message();
    item.members()
        .forEach((name, value) -> {
          switch (name) {
            case "get" -> out.message(4, operation(object(value)));
            case "put" -> out.message(5, operation(object(value)));
            case "post" -> out.message(6, operation(object(value)));
            case "delete" -> out.message(7, operation(object(value)));
            case "patch" -> out.message(10, operation(object(value)));
            case "parameters" -> parameters(out, 13, value);
            default -> out.message(14, named(name, any(value)));
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
            case "parameters" -> parameters(out, 6, value);
            case "requestBody" -> out.message(7, itself(body(object(value))));
            case "responses" -> out.message(8, responses(object(value)));
            default -> out.message(13, named(name, any(value)));
          }
        });
    return out;
  }

  private static void parameters(Message out, int number, JsonTree list) {
    for (JsonTree element : array(list).elements()) {
      Obj parameter = object(element);
      Message one = new Message();
      parameter
          .members()
          .forEach((name, value) -> {
            switch (name) {
              case "name" -> one.text(1, text(value));
              case "in" -> one.text(2, text(value));
              case "description" -> one.text(3, text(value));
              case "required" -> flag(one, 4, value);
              case "schema" -> one.message(10, schema(object(value)));
              default -> one.message(14, named(name, any(value)));
            }
          });
      out.message(number, itself(one));
    }
  }

  private static Message body(Obj body) {
    Message out = new Message().text(1, text(body.get("description")));
    if (body.get("content") instanceof Obj content) {
      out.message(2, content(content));
    }
    if (body.get("required") instanceof Bool required) {
      out.flag(3, required.value());
    }
    return out;
  }

  private static Message content(Obj content) {
    return entries(
        content,
        mediaType ->
            mediaType.get("schema") instanceof Obj schema
                ? new Message().message(1, schema(schema))
                : new Message());
  }

  private static Message responses(Obj responses) {
    Message out = new Message();
    responses
        .members()
        .forEach((code, value) -> {
          Obj response = object(value);
          Message one = new Message().text(1, text(response.get("description")));
          if (response.get("content") instanceof Obj content) {
            one.message(3, content(content));
          }
          if (code.equals("default")) {
            out.message(1, itself(one));
          } else {
            out.message(2, named(code, itself(one)));
          }
        });
    return out;
  }

  private static Message schema(Obj schema) {
    if (schema.get("$ref") instanceof Text reference) {
      return new Message().message(2, new Message().text(1, reference.value()));
    }
    return itself(plain(schema));
  }

  private static Message plain(Obj schema) {
    Message out = new Message();
    for (Map.Entry<String, JsonTree> member : schema.members().entrySet()) {
      String name = member.getKey();
      JsonTree value = member.getValue();
      switch (name) {
        case "nullable" -> flag(out, 1, value);
        case "title" -> out.text(9, text(value));
        case "multipleOf" -> decimal(out, 10, value);
        case "maximum" -> decimal(out, 11, value);
        case "exclusiveMaximum" -> flag(out, 12, value);
        case "minimum" -> decimal(out, 13, value);
        case "exclusiveMinimum" -> flag(out, 14, value);
        case "maxLength" -> whole(out, 15, value);
        case "minLength" -> whole(out, 16, value);
        case "pattern" -> out.text(17, text(value));
        case "maxItems" -> whole(out, 18, value);
        case "minItems" -> whole(out, 19, value);
        case "uniqueItems" -> flag(out, 20, value);
        case "maxProperties" -> whole(out, 21, value);
        case "minProperties" -> whole(out, 22, value);
        case "required" -> texts(out, 23, value);
        case "enum" -> array(value).elements().forEach(one -> out.message(24, any(one)));
        case "type" -> out.text(25, text(value));
        case "allOf" -> schemas(out, 26, value);
        case "oneOf" -> schemas(out, 27, value);
        case "anyOf" -> schemas(out, 28, value);
        case "not" -> out.message(29, plain(object(value)));
        case "items" -> out.message(30, new Message().message(1, schema(object(value))));
        case "properties" -> out.message(31, entries(value, GnosticV3::schema));
        case "additionalProperties" -> out.message(32, additional(value));
        case "default" -> defaults(out, value);
        case "description" -> out.text(34, text(value));
        case "format" -> out.text(35, text(value));
        default -> out.message(36, named(name, any(value)));
      }
    }
    return out;
  }

  private static void schemas(Message out, int number, JsonTree list) {
    array(list).elements().forEach(one -> out.message(number, schema(object(one))));
  }

  private static Message additional(JsonTree value) {
    return value instanceof Bool allowed
        ? new Message().flag(2, allowed.value())
        : new Message().message(1, schema(object(value)));
  }

  /** Of defaults, gnostic has a form for scalars only. */
  private static void defaults(Message out, JsonTree value) {
    switch (value) {
      case Num number ->
          out.message(33, new Message().decimal(1, Double.parseDouble(number.literal())));
      case Bool truth -> out.message(33, new Message().flag(2, truth.value()));
      case Text word -> out.message(33, new Message().text(3, word.value()));
      default -> {
        // Not to be told.
      }
    }
  }

  private static void flag(Message out, int number, JsonTree value) {
    if (value instanceof Bool truth) {
      out.flag(number, truth.value());
    }
  }

  private static void decimal(Message out, int number, JsonTree value) {
    if (value instanceof Num literal) {
      out.decimal(number, Double.parseDouble(literal.literal()));
    }
  }

  private static void whole(Message out, int number, JsonTree value) {
    if (value instanceof Num literal) {
      out.whole(number, (long) Double.parseDouble(literal.literal()));
    }
  }
}
