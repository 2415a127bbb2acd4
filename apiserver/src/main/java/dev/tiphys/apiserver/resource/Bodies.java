package dev.tiphys.apiserver.resource;

import dev.tiphys.api.codec.CborCodec;
import dev.tiphys.api.codec.DecodeException;
import dev.tiphys.api.codec.DecodeOptions;
import dev.tiphys.api.codec.DecodeOptions.Strictness;
import dev.tiphys.api.codec.Decoded;
import dev.tiphys.api.codec.JsonCodec;
import dev.tiphys.api.codec.ProtobufCodec;
import dev.tiphys.api.codec.TypeMeta;
import dev.tiphys.api.codec.YamlCodec;
import dev.tiphys.api.codec.YamlDocument;
import dev.tiphys.api.schema.GroupVersionKind;
import dev.tiphys.api.schema.Struct;
import dev.tiphys.api.schema.StructType;
import dev.tiphys.apiserver.request.ApiException;
import dev.tiphys.apiserver.request.MediaTypes;
import dev.tiphys.apiserver.request.WriteOptions.FieldValidation;
import dev.tiphys.apiserver.storage.ObjectCodec;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/** Reads the bodies of requests. */
public final class Bodies {

  /** Remembers how each type is read; a function without effects all the same. */
  private static final ProtobufCodec PROTOBUF = new ProtobufCodec();

  private Bodies() {}

  /**
   * Reads an object of a kind.
   *
   * @param contentType of the request
   * @param warnings takes unknown and duplicate fields, if they are to be warned of
   * @throws ApiException 400 if the body is not an object of the kind, 415 if it is in a media type
   *     that is not read
   */
  public static <T extends Struct> T read(
      byte[] body,
      String contentType,
      StructType<T> type,
      FieldValidation validation,
      Consumer<String> warnings) {
    MediaTypes.Encoding encoding = MediaTypes.ofBody(contentType);
    if (encoding == MediaTypes.Encoding.PROTOBUF && !ObjectCodec.hasProtobuf(type)) {
      throw MediaTypes.unsupported("application/json, application/yaml");
    }
    GroupVersionKind expected = Objects.requireNonNull(type.kind());
    DecodeOptions options =
        new DecodeOptions(strictness(validation), DecodeOptions.LENIENT.maxBytes());
    try {
      Decoded<T> decoded =
          switch (encoding) {
            case JSON -> {
              checkKind(JsonCodec.peek(body), expected);
              yield JsonCodec.decode(body, type, options);
            }
            case YAML -> {
              YamlDocument document = YamlCodec.single(body);
              checkKind(document.peek(), expected);
              yield document.decode(type, options);
            }
            case CBOR -> {
              byte[] json = CborCodec.toJson(body);
              checkKind(JsonCodec.peek(json), expected);
              yield JsonCodec.decode(json, type, options);
            }
            case PROTOBUF -> {
              checkKind(ProtobufCodec.open(body).type(), expected);
              yield new Decoded<>(PROTOBUF.decode(body, type), List.of());
            }
          };
      decoded.warnings().forEach(warnings);
      return decoded.value();
    } catch (DecodeException e) {
      throw refused(e, expected);
    }
  }

  /** What a body that cannot be read as a kind is answered with. */
  static ApiException refused(DecodeException failure, GroupVersionKind expected) {
    return ApiException.badRequest(
        expected.kind()
            + " in version \""
            + expected.version()
            + "\" cannot be handled as a "
            + expected.kind()
            + ": "
            + failure.getMessage());
  }

  private static void checkKind(TypeMeta found, GroupVersionKind expected) {
    if (!found.apiVersion().isEmpty() && !found.apiVersion().equals(expected.apiVersion())) {
      throw ApiException.badRequest(
          "the API version in the data ("
              + found.apiVersion()
              + ") does not match the expected API version ("
              + expected.apiVersion()
              + ")");
    }
    if (!found.kind().isEmpty() && !found.kind().equals(expected.kind())) {
      throw ApiException.badRequest(
          found.kind()
              + " in version \""
              + expected.version()
              + "\" cannot be handled as a "
              + expected.kind()
              + ": converting ("
              + expected.version()
              + "."
              + found.kind()
              + ") to ("
              + expected.version()
              + "."
              + expected.kind()
              + "): unknown conversion");
    }
  }

  static Strictness strictness(FieldValidation validation) {
    return switch (validation) {
      case IGNORE -> Strictness.IGNORE;
      case WARN -> Strictness.WARN;
      case STRICT -> Strictness.STRICT;
    };
  }
}
