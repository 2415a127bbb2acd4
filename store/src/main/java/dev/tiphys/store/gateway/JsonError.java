package dev.tiphys.store.gateway;

import io.grpc.Status;
import java.io.ByteArrayOutputStream;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** A status as grpc-gateway tells it, by the code of HTTP and in JSON. */
final class JsonError {
  private JsonError() {}

  /** The code of HTTP. */
  static int http(Status status) {
    return switch (status.getCode()) {
      case OK -> 200;
      case INVALID_ARGUMENT, FAILED_PRECONDITION, OUT_OF_RANGE -> 400;
      case UNAUTHENTICATED -> 401;
      case PERMISSION_DENIED -> 403;
      case NOT_FOUND -> 404;
      case CANCELLED -> 408;
      case ALREADY_EXISTS, ABORTED -> 409;
      case RESOURCE_EXHAUSTED -> 429;
      case UNKNOWN, INTERNAL, DATA_LOSS -> 500;
      case UNIMPLEMENTED -> 501;
      case UNAVAILABLE -> 503;
      case DEADLINE_EXCEEDED -> 504;
    };
  }

  /** The whole body of an answer. */
  static byte[] body(JsonFactory json, Status status) {
    var text = new ByteArrayOutputStream();
    try (var out = json.createGenerator(ObjectWriteContext.empty(), text)) {
      out.writeStartObject();
      text(out, "error", status);
      out.writeNumberProperty("code", status.getCode().value());
      text(out, "message", status);
      out.writeEndObject();
    }
    return text.toByteArray();
  }

  /** The last part of a stream. */
  static byte[] part(JsonFactory json, Status status) {
    var text = new ByteArrayOutputStream();
    try (var out = json.createGenerator(ObjectWriteContext.empty(), text)) {
      out.writeStartObject();
      out.writeName("error");
      out.writeStartObject();
      out.writeNumberProperty("grpc_code", status.getCode().value());
      out.writeNumberProperty("http_code", http(status));
      text(out, "message", status);
      out.writeStringProperty("http_status", phrase(http(status)));
      out.writeEndObject();
      out.writeEndObject();
    }
    return text.toByteArray();
  }

  /** Once more a default that is left out. */
  private static void text(JsonGenerator out, String name, Status status) {
    var text = status.getDescription();
    if (text != null && !text.isEmpty()) {
      out.writeStringProperty(name, text);
    }
  }

  private static String phrase(int code) {
    return switch (code) {
      case 200 -> "OK";
      case 400 -> "Bad Request";
      case 401 -> "Unauthorized";
      case 403 -> "Forbidden";
      case 404 -> "Not Found";
      case 408 -> "Request Timeout";
      case 409 -> "Conflict";
      case 429 -> "Too Many Requests";
      case 501 -> "Not Implemented";
      case 503 -> "Service Unavailable";
      case 504 -> "Gateway Timeout";
      default -> "Internal Server Error";
    };
  }
}
