package dev.tiphys.client;

import dev.tiphys.api.codec.DecodeException;
import dev.tiphys.api.codec.DecodeOptions;
import dev.tiphys.api.codec.JsonCodec;
import dev.tiphys.api.meta.v1.Status;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.schema.Field;
import dev.tiphys.api.schema.FieldType;
import dev.tiphys.api.schema.Struct;
import dev.tiphys.api.schema.StructType;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The form of bodies: the one place that knows that they are JSON. */
final class Wire {

  static final String MEDIA_TYPE = "application/json";
  static final String HEADS =
      "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json";
  static final String HEAD_LISTS =
      "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";

  private static final DecodeOptions OPTIONS =
      DecodeOptions.LENIENT.withMaxBytes(Limits.BODY_BYTES);
  private static final Pattern EVENT_TYPE =
      Pattern.compile("\\s*\\{\\s*\"type\"\\s*:\\s*\"(\\w+)\"");
  private static final int EVENT_TYPE_WITHIN = 64;
  private static final FieldType TEXT = FieldType.Scalar.STRING;

  private Wire() {}

  static byte[] encode(Struct value) {
    return JsonCodec.encode(value);
  }

  static <T extends Struct> T decode(byte[] body, StructType<T> type) {
    try {
      return JsonCodec.decode(body, type, OPTIONS).value();
    } catch (DecodeException e) {
      throw unreadable(type, e);
    }
  }

  private static ApiException unreadable(StructType<?> type, DecodeException cause) {
    return ApiException.of(
        ApiException.status(
            500,
            "InternalError",
            "the server's answer is not a readable " + type.name() + ": " + cause.getMessage()));
  }

  /** How events of a resource are read. */
  static <T extends ApiObject> StructType<Envelope> eventType(StructType<T> objectType) {
    return new StructType<>(
        "io.k8s.apimachinery.pkg.apis.meta.v1.WatchEvent",
        List.of(
            Field.plain(0, "type", 1, TEXT),
            Field.plain(1, "object", 2, new FieldType.StructRef(() -> objectType))),
        values -> new Envelope((String) values[0], (Struct) values[1], null));
  }

  private static final StructType<Envelope> ERROR =
      new StructType<>(
          "io.k8s.apimachinery.pkg.apis.meta.v1.WatchEvent",
          List.of(
              Field.plain(0, "type", 1, TEXT),
              Field.plain(1, "object", 2, new FieldType.StructRef(() -> Status.TYPE))),
          values -> new Envelope((String) values[0], null, (Status) values[1]));

  private static final StructType<Envelope> ONLY_TYPE =
      new StructType<>(
          "io.k8s.apimachinery.pkg.apis.meta.v1.WatchEvent",
          List.of(Field.plain(0, "type", 1, TEXT)),
          values -> new Envelope((String) values[0], null, null));

  /**
   * Reads one event.
   *
   * @throws ApiException if the event is an error
   */
  @SuppressWarnings("unchecked")
  static <T extends ApiObject> @Nullable WatchEvent<T> event(
      byte[] line, StructType<Envelope> eventType) {
    String type = typeOf(line);
    if (type.equals("ERROR")) {
      Status status = decode(line, ERROR).error();
      throw ApiException.of(
          status == null ? ApiException.status(500, "InternalError", "the watch failed") : status);
    }
    T object = (T) Objects.requireNonNull(decode(line, eventType).object(), "event without object");
    return switch (type) {
      case "ADDED" -> new WatchEvent.Added<>(object);
      case "MODIFIED" -> new WatchEvent.Modified<>(object);
      case "DELETED" -> new WatchEvent.Deleted<>(object);
      case "BOOKMARK" ->
          new WatchEvent.Bookmark<>(
              Objects.requireNonNullElse(object.metadata().resourceVersion(), ""));
      default -> null;
    };
  }

  private static String typeOf(byte[] line) {
    String start =
        new String(line, 0, Math.min(line.length, EVENT_TYPE_WITHIN), StandardCharsets.ISO_8859_1);
    Matcher matcher = EVENT_TYPE.matcher(start);
    return matcher.lookingAt()
        ? matcher.group(1)
        : Objects.requireNonNullElse(decode(line, ONLY_TYPE).type(), "");
  }

  /** An event as it travels. */
  record Envelope(@Nullable String type, @Nullable Struct object, @Nullable Status error)
      implements Struct {
    @Override
    public StructType<?> structType() {
      return ONLY_TYPE;
    }

    @Override
    public @Nullable Object get(int index) {
      return index == 0 ? type : object;
    }
  }
}
