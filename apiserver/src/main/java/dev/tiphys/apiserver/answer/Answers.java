package dev.tiphys.apiserver.answer;

import dev.tiphys.api.codec.CborCodec;
import dev.tiphys.api.codec.JsonCodec;
import dev.tiphys.api.meta.v1.ListMeta;
import dev.tiphys.api.meta.v1.Status;
import dev.tiphys.api.meta.v1.StatusCause;
import dev.tiphys.api.meta.v1.StatusDetails;
import dev.tiphys.api.schema.Struct;
import dev.tiphys.apiserver.http.Headers;
import dev.tiphys.apiserver.http.HttpExchange;
import dev.tiphys.apiserver.request.ApiCall;
import dev.tiphys.apiserver.request.ApiException;
import dev.tiphys.apiserver.request.MediaTypes;
import dev.tiphys.apiserver.request.MediaTypes.Answer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes whole answers. */
public final class Answers {

  private static final byte[] NEWLINE = "\n".getBytes(StandardCharsets.US_ASCII);

  private Answers() {}

  /** Answers with any value, in what the client accepts. */
  public static void struct(ApiCall call, int code, Struct value) throws IOException {
    struct(call, call.answer().plain(), code, value);
  }

  /** Answers with any value, in a form settled before. */
  public static void struct(ApiCall call, Answer answer, int code, Struct value)
      throws IOException {
    switch (answer.encoding()) {
      case JSON -> json(call, answer, code, List.of(JsonCodec.encode(value)));
      case YAML -> send(call, code, answer.encoding().mediaType(), List.of(Documents.yaml(value)));
      case PROTOBUF ->
          send(call, code, answer.encoding().mediaType(), List.of(Documents.protobuf(value)));
      case CBOR ->
          send(call, code, answer.encoding().mediaType(), List.of(CborCodec.encode(value)));
    }
  }

  /** Answers with JSON that is made already, laid out if the client wants that. */
  static void json(ApiCall call, Answer answer, int code, List<byte[]> compact) throws IOException {
    send(
        call,
        code,
        MediaTypes.Encoding.JSON.mediaType(),
        answer.pretty() ? List.of(PrettyJson.of(compact), NEWLINE) : compact);
  }

  /** Answers with bytes. */
  public static void send(ApiCall call, int code, String contentType, List<byte[]> body)
      throws IOException {
    call.exchange().respond(code, headers(call, contentType), body);
  }

  /** Answers with bytes in gzip, to a client that accepts it. */
  static void sendGzipped(ApiCall call, int code, String contentType, List<byte[]> gzip)
      throws IOException {
    Headers headers =
        headers(call, contentType).with("Content-Encoding", "gzip").with("Vary", "Accept-Encoding");
    call.exchange().respond(code, headers, gzip);
  }

  /** Answers with a text. */
  public static void text(ApiCall call, int code, String text) throws IOException {
    send(call, code, "text/plain; charset=utf-8", List.of(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** The header fields of every answer. */
  public static Headers headers(ApiCall call, String contentType) {
    Headers headers =
        Headers.of(
            "Audit-Id",
            call.id(),
            "Cache-Control",
            "no-cache, private",
            "Content-Type",
            contentType);
    for (String warning : call.warnings()) {
      headers = headers.with("Warning", "299 - \"" + escaped(warning) + "\"");
    }
    return headers;
  }

  /** A warning's text as a quoted string of HTTP. */
  private static String escaped(String text) {
    StringBuilder out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\');
      }
      out.append(c < ' ' ? ' ' : c);
    }
    return out.toString();
  }

  /** Answers with a failure, in what the client accepts, or JSON if it accepts nothing. */
  public static void failure(ApiCall call, ApiException failure) throws IOException {
    Answer answer;
    try {
      answer = call.answer().plain();
    } catch (ApiException _) {
      answer = Answer.JSON;
    }
    ApiException.Details details = failure.details();
    if (details != null && details.retryAfterSeconds() > 0) {
      retryLater(call, answer, failure, details.retryAfterSeconds());
      return;
    }
    struct(call, answer, failure.code(), status(failure));
  }

  private static void retryLater(ApiCall call, Answer answer, ApiException failure, int seconds)
      throws IOException {
    call.exchange()
        .respond(
            failure.code(),
            headers(call, MediaTypes.Encoding.JSON.mediaType())
                .with("Retry-After", Integer.toString(seconds)),
            answer.pretty()
                ? PrettyJson.of(List.of(JsonCodec.encode(status(failure))))
                : JsonCodec.encode(status(failure)));
  }

  /** Answers with a failure before anything of the request is known. */
  public static void failure(HttpExchange exchange, ApiException failure) throws IOException {
    exchange.respond(
        failure.code(),
        Headers.of("Cache-Control", "no-cache, private", "Content-Type", "application/json"),
        JsonCodec.encode(status(failure)));
  }

  /** A failure as a Status. */
  public static Status status(ApiException failure) {
    return Status.builder()
        .metadata(
            failure.continueToken().isEmpty()
                ? ListMeta.EMPTY
                : ListMeta.builder().continue_(failure.continueToken()).build())
        .status("Failure")
        .message(failure.text())
        .reason(failure.reason().text())
        .details(details(failure.details()))
        .code(failure.code())
        .build();
  }

  /** The Status of a deletion that is done. */
  public static Status success(String group, String resource, String name, @Nullable String uid) {
    return Status.builder()
        .metadata(ListMeta.EMPTY)
        .status("Success")
        .details(
            StatusDetails.builder().name(name).group(orNull(group)).kind(resource).uid(uid).build())
        .build();
  }

  private static @Nullable StatusDetails details(ApiException.@Nullable Details details) {
    if (details == null) {
      return null;
    }
    return StatusDetails.builder()
        .name(orNull(details.name()))
        .group(orNull(details.group()))
        .kind(orNull(details.kind()))
        .uid(orNull(details.uid()))
        .causes(
            details.causes().stream()
                .map(cause ->
                    StatusCause.builder()
                        .reason(orNull(cause.reason()))
                        .message(orNull(cause.message()))
                        .field(orNull(cause.field()))
                        .build())
                .toList())
        .retryAfterSeconds(details.retryAfterSeconds() == 0 ? null : details.retryAfterSeconds())
        .build();
  }

  private static @Nullable String orNull(String text) {
    return text.isEmpty() ? null : text;
  }
}
