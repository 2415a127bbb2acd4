package dev.tiphys.apiserver.audit;

import dev.tiphys.api.Kinds;
import dev.tiphys.api.codec.CborCodec;
import dev.tiphys.api.codec.DecodeException;
import dev.tiphys.api.codec.JsonCodec;
import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.api.codec.ProtobufCodec;
import dev.tiphys.api.codec.YamlCodec;
import dev.tiphys.api.schema.StructType;
import dev.tiphys.api.value.RawJson;
import dev.tiphys.apiserver.request.MediaTypes;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Bodies as JSON, in whatever form they travelled. */
final class AuditBodies {

  private static final Logger log = LoggerFactory.getLogger(AuditBodies.class);

  private AuditBodies() {}

  static byte[] joined(List<byte[]> segments) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    segments.forEach(all::writeBytes);
    return all.toByteArray();
  }

  /** A body as one JSON value; null if it is none, or cannot be read. */
  static @Nullable RawJson of(byte[] body, String contentType, boolean omitManagedFields) {
    if (body.length == 0) {
      return null;
    }
    try {
      JsonTree tree = tree(body, MediaTypes.bare(contentType));
      if (tree == null) {
        return null;
      }
      return new RawJson((omitManagedFields ? withoutManagedFields(tree) : tree).toJson());
    } catch (DecodeException e) {
      // A body that was refused is told by its refusal.
      log.debug("event=audit-body-unreadable message=\"{}\"", e.getMessage());
      return null;
    }
  }

  private static @Nullable JsonTree tree(byte[] body, String type) {
    if (type.equals("application/yaml") || type.endsWith("+yaml")) {
      return YamlCodec.single(body).tree();
    }
    if (type.equals("application/cbor") || type.endsWith("+cbor")) {
      return JsonTree.parse(CborCodec.toJson(body));
    }
    if (ProtobufCodec.isDocument(body)) {
      ProtobufCodec.Envelope envelope = ProtobufCodec.open(body);
      StructType<?> kind = Kinds.find(envelope.type().apiVersion(), envelope.type().kind());
      return kind == null ? null : JsonCodec.toTree(new ProtobufCodec().decode(body, kind));
    }
    return type.isEmpty() || type.equals("application/json") || type.endsWith("+json")
        ? JsonTree.parse(body)
        : null;
  }

  /** The same object, or list of objects, without who owns which field. */
  private static JsonTree withoutManagedFields(JsonTree tree) {
    if (!(tree instanceof JsonTree.Obj object)) {
      return tree;
    }
    Map<String, JsonTree> members = new LinkedHashMap<>(object.members());
    if (members.get("metadata") instanceof JsonTree.Obj metadata) {
      Map<String, JsonTree> rest = new LinkedHashMap<>(metadata.members());
      rest.remove("managedFields");
      members.put("metadata", new JsonTree.Obj(rest));
    }
    if (members.get("items") instanceof JsonTree.Arr items) {
      List<JsonTree> rest = new ArrayList<>();
      items.elements().forEach(item -> rest.add(withoutManagedFields(item)));
      members.put("items", new JsonTree.Arr(rest));
    }
    return new JsonTree.Obj(members);
  }
}
