package dev.tiphys.api.codec;

import dev.tiphys.api.schema.Field;
import dev.tiphys.api.schema.FieldType;
import dev.tiphys.api.schema.TreeSchema;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Reads values whose schema was brought at run time. What the schema does not know is pruned and
 * told; what is of another type than it says stays, for validation to refuse. Members come out
 * sorted, as upstream writes them.
 */
final class TreeDecoder {

  private final JsonParser parser;
  private final DecodePath path;
  private final Findings findings;

  TreeDecoder(JsonParser parser, DecodePath path, Findings findings) {
    this.parser = parser;
    this.path = path;
    this.findings = findings;
  }

  /** Reads the value whose first token is the parser's current one. */
  JsonTree read(@Nullable TreeSchema schema) {
    return switch (parser.currentToken()) {
      case START_OBJECT -> object(schema == null ? TreeSchema.ANYTHING : schema);
      case START_ARRAY -> {
        List<JsonTree> elements = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          path.index(elements.size());
          elements.add(read(schema == null ? null : schema.items()));
          path.pop();
        }
        yield new JsonTree.Arr(elements);
      }
      case VALUE_STRING -> new JsonTree.Text(parser.getString());
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new JsonTree.Num(parser.getString());
      case VALUE_TRUE -> new JsonTree.Bool(true);
      case VALUE_FALSE -> new JsonTree.Bool(false);
      default -> JsonTree.Null.NULL;
    };
  }

  private JsonTree.Obj object(TreeSchema schema) {
    Map<String, JsonTree> members = new TreeMap<>();
    for (String name = parser.nextName(); name != null; name = parser.nextName()) {
      parser.nextToken();
      TreeSchema member = schema.member(name);
      if (member == null) {
        if (findings.wanted()) {
          findings.unknown(path.full(name));
        }
        parser.skipChildren();
        continue;
      }
      path.key(name);
      JsonTree value = read(member);
      path.pop();
      if (members.put(name, value) != null && findings.wanted()) {
        findings.duplicate(path.full(name));
      }
    }
    return new JsonTree.Obj(members);
  }

  /** Reads a member into what holds the members that no field names. */
  JsonTree.Obj addTo(@Nullable JsonTree rest, String name, Field field) {
    Map<String, JsonTree> members =
        rest instanceof JsonTree.Obj object
            ? new LinkedHashMap<>(object.members())
            : new LinkedHashMap<>();
    path.field(name);
    members.put(name, read(((FieldType.Tree) field.type()).schema().member(name)));
    path.pop();
    return new JsonTree.Obj(members);
  }
}
