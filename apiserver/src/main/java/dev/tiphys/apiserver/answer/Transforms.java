package dev.tiphys.apiserver.answer;

import dev.tiphys.api.codec.CborCodec;
import dev.tiphys.api.codec.JsonCodec;
import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.api.codec.JsonWriter;
import dev.tiphys.api.codec.YamlCodec;
import dev.tiphys.api.meta.v1.PartialObjectMetadata;
import dev.tiphys.api.meta.v1.PartialObjectMetadataList;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.schema.Struct;
import dev.tiphys.apiserver.request.ApiException;
import dev.tiphys.apiserver.request.MediaTypes.Answer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * What is sent in the place of objects: tables and metadata alone, kinds of meta.k8s.io under the
 * version that the client asked for. Pure.
 */
final class Transforms {

  private static final String GROUP = "meta.k8s.io/";

  private Transforms() {}

  /** The metadata alone. */
  static PartialObjectMetadata partial(ApiObject object) {
    return PartialObjectMetadata.builder().metadata(object.metadata()).build();
  }

  /** Refuses one object where a list was wanted, or a list where one object was. */
  static ApiException otherNumber(String asked, boolean list, String kind) {
    return new ApiException(
        ApiException.Reason.NOT_ACCEPTABLE,
        "you requested "
            + asked
            + ", but the requested object is "
            + (list ? "a list" : "not a list")
            + " (*"
            + kind
            + ")",
        null);
  }

  /** A document in the encoding of an answer. */
  static byte[] document(Answer answer, Struct value) {
    return switch (answer.encoding()) {
      case JSON -> json(answer, value);
      case YAML ->
          YamlCodec.encode(JsonTree.parse(json(answer, value))).getBytes(StandardCharsets.UTF_8);
      case CBOR -> CborCodec.fromJson(json(answer, value));
      case PROTOBUF -> Documents.PROTOBUF.encode(value, GROUP + answer.transformVersion());
    };
  }

  /** A document in JSON. */
  static byte[] json(Answer answer, Struct value) {
    JsonWriter out = new JsonWriter();
    switch (value) {
      case PartialObjectMetadataList list -> list(out, answer, list);
      default -> fields(out, answer, value);
    }
    return out.toByteArray();
  }

  /** As upstream: the items of such a list say what they are, unlike those of others. */
  private static void list(JsonWriter out, Answer answer, PartialObjectMetadataList list) {
    start(out, answer, "PartialObjectMetadataList");
    JsonCodec.writeFields(out.name("metadata"), list.metadata());
    out.name("items").beginArray();
    list.items().forEach(item -> fields(out, answer, item));
    out.endArray().endObject();
  }

  private static void fields(JsonWriter out, Answer answer, Struct value) {
    start(out, answer, Objects.requireNonNull(value.structType().kind()).kind());
    JsonCodec.writeMembers(out, value);
    out.endObject();
  }

  private static void start(JsonWriter out, Answer answer, String kind) {
    out.beginObject().field("kind", kind);
    out.field("apiVersion", GROUP + answer.transformVersion());
  }
}
