package dev.tiphys.api.codec;

import dev.tiphys.api.schema.FieldType;
import dev.tiphys.api.schema.StructType;
import dev.tiphys.api.value.Bytes;
import dev.tiphys.api.value.GoDuration;
import dev.tiphys.api.value.IntOrString;
import dev.tiphys.api.value.Quantity;
import dev.tiphys.api.value.RawJson;
import dev.tiphys.api.value.Rfc3339;
import dev.tiphys.api.value.SharedTexts;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonParser.NumberType;
import tools.jackson.core.JsonToken;

/** Reads the values of a document that have no structure, and says what is wrong with them. */
final class JsonScalars {

  private final JsonParser parser;
  private final byte[] source;
  private final DecodePath path;
  private @Nullable StructType<?> struct;

  JsonScalars(JsonParser parser, byte[] source, DecodePath path) {
    this.parser = parser;
    this.source = source;
    this.path = path;
  }

  /** Says whose fields come next; gives what {@link #leave} wants afterwards. */
  @Nullable StructType<?> enter(StructType<?> type) {
    StructType<?> outer = struct;
    struct = type;
    return outer;
  }

  void leave(@Nullable StructType<?> outer) {
    struct = outer;
  }

  /** What null stands for within lists and maps. */
  static Object zero(FieldType type) {
    return switch (type) {
      case FieldType.StructRef ref -> {
        StructType<?> target = ref.target().get();
        yield target.create(new @Nullable Object[target.fields().size()]);
      }
      case FieldType.ListOf _ -> List.of();
      case FieldType.MapOf _ -> Map.of();
      case FieldType.Tree _ -> JsonTree.Null.NULL;
      case FieldType.Scalar scalar ->
          switch (scalar) {
            case STRING -> "";
            case BOOL -> false;
            case INT32 -> 0;
            case INT64 -> 0L;
            case DOUBLE -> 0.0;
            case BYTES -> Bytes.EMPTY;
            case TIME, MICRO_TIME -> Instant.EPOCH;
            case DURATION -> Duration.ZERO;
            case QUANTITY -> Quantity.ZERO;
            case INT_OR_STRING -> IntOrString.of(0);
            case RAW_JSON -> new RawJson("null");
          };
    };
  }

  Object read(FieldType.Scalar type) {
    return switch (type) {
      case STRING -> text(type);
      case BOOL -> bool();
      case INT32 -> int32(type);
      case INT64 -> int64(type);
      case DOUBLE -> number(type);
      case BYTES -> bytes(text(type));
      case TIME -> parsed(Rfc3339::parse).truncatedTo(ChronoUnit.SECONDS);
      case MICRO_TIME -> parsed(Rfc3339::parse).truncatedTo(ChronoUnit.MICROS);
      case DURATION -> parsed(GoDuration::parse);
      case QUANTITY -> quantity();
      case INT_OR_STRING -> intOrString();
      case RAW_JSON -> raw();
    };
  }

  private String text(FieldType.Scalar type) {
    if (parser.currentToken() != JsonToken.VALUE_STRING) {
      throw mismatch(GoTypes.name(type));
    }
    return SharedTexts.share(parser.getString());
  }

  private Boolean bool() {
    return switch (parser.currentToken()) {
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      default -> throw mismatch("bool");
    };
  }

  private Integer int32(FieldType.Scalar type) {
    if (!isInteger() || parser.getNumberType() != NumberType.INT) {
      throw mismatch(GoTypes.name(type), true);
    }
    return parser.getIntValue();
  }

  private Long int64(FieldType.Scalar type) {
    if (!isInteger() || parser.getNumberType() == NumberType.BIG_INTEGER) {
      throw mismatch(GoTypes.name(type), true);
    }
    return parser.getLongValue();
  }

  private boolean isInteger() {
    return parser.currentToken() == JsonToken.VALUE_NUMBER_INT;
  }

  private Double number(FieldType.Scalar type) {
    if (!isInteger() && parser.currentToken() != JsonToken.VALUE_NUMBER_FLOAT) {
      throw mismatch(GoTypes.name(type), true);
    }
    double value = parser.getDoubleValue();
    if (!Double.isFinite(value)) {
      throw mismatch(GoTypes.name(type), true);
    }
    return value;
  }

  private Bytes bytes(String base64) {
    try {
      return Bytes.fromBase64(base64);
    } catch (IllegalArgumentException e) {
      throw wrong("illegal base64 data at input byte " + badBase64(base64));
    }
  }

  private static int badBase64(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean good =
          (c >= 'A' && c <= 'Z')
              || (c >= 'a' && c <= 'z')
              || (c >= '0' && c <= '9')
              || c == '+'
              || c == '/';
      if (!good) {
        return i;
      }
    }
    return text.length();
  }

  private <T> T parsed(Function<String, T> parse) {
    if (parser.currentToken() != JsonToken.VALUE_STRING) {
      throw wrong("json: cannot unmarshal " + tokenName(false) + " into Go value of type string");
    }
    try {
      return parse.apply(parser.getString());
    } catch (IllegalArgumentException e) {
      throw wrong(String.valueOf(e.getMessage()));
    }
  }

  private Quantity quantity() {
    try {
      if (parser.currentToken().isStructStart()) {
        parser.skipChildren();
        return Quantity.parse("{");
      }
      return Quantity.parse(parser.getString().strip());
    } catch (IllegalArgumentException e) {
      throw wrong(String.valueOf(e.getMessage()));
    }
  }

  private IntOrString intOrString() {
    if (parser.currentToken() == JsonToken.VALUE_STRING) {
      return IntOrString.of(parser.getString());
    }
    if (!isInteger() || parser.getNumberType() != NumberType.INT) {
      throw wrong("json: cannot unmarshal " + tokenName(true) + " into Go value of type int32");
    }
    return IntOrString.of(parser.getIntValue());
  }

  private RawJson raw() {
    int start = (int) parser.currentTokenLocation().getByteOffset();
    parser.skipChildren();
    parser.finishToken();
    int end = (int) parser.currentLocation().getByteOffset();
    return new RawJson(
        SharedTexts.share(
            JsonText.compact(new String(source, start, end - start, StandardCharsets.UTF_8))));
  }

  /** A value of another type than its field's. */
  DecodeException mismatch(String goType) {
    return mismatch(goType, false);
  }

  private DecodeException mismatch(String goType, boolean digits) {
    String field = path.fieldsOnly();
    StructType<?> within = struct;
    return wrong(
        "json: cannot unmarshal "
            + tokenName(digits)
            + (within == null || field.isEmpty()
                ? " into Go value"
                : " into Go struct field " + GoTypes.simpleName(within) + "." + field)
            + " of type "
            + goType);
  }

  private DecodeException wrong(String message) {
    return DecodeException.type(message, parser.currentTokenLocation().getByteOffset());
  }

  /** Numbers are told with their digits where those, and not the type, are the fault. */
  private String tokenName(boolean digits) {
    return switch (parser.currentToken()) {
      case START_OBJECT -> "object";
      case START_ARRAY -> "array";
      case VALUE_STRING -> "string";
      case VALUE_TRUE, VALUE_FALSE -> "bool";
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT ->
          digits ? "number " + parser.getString() : "number";
      default -> "null";
    };
  }
}
