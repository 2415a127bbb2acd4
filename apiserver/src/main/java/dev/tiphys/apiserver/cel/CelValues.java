package dev.tiphys.apiserver.cel;

import dev.cel.common.values.CelByteString;
import dev.cel.common.values.NullValue;
import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.api.schema.TreeSchema;
import dev.tiphys.api.value.GoDuration;
import dev.tiphys.api.value.Rfc3339;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Values of expressions, made of trees by their schemas. */
final class CelValues {

  private CelValues() {}

  /** A value; what is null is left out of objects, as if it were not there. */
  static Object of(@Nullable TreeSchema schema, JsonTree value) {
    return switch (value) {
      case JsonTree.Text(String text) -> text(schema, text);
      case JsonTree.Num number -> number(schema, number.literal());
      case JsonTree.Bool(boolean truth) -> truth;
      case JsonTree.Arr(List<JsonTree> elements) -> {
        List<Object> list = new ArrayList<>(elements.size());
        TreeSchema items = schema == null ? null : schema.items();
        elements.forEach(element -> list.add(of(items, element)));
        yield schema != null && ListOperators.isUnordered(schema)
            ? new UnorderedList(list, schema.listMapKeys().stream().map(CelNames::escape).toList())
            : list;
      }
      case JsonTree.Obj object -> object(schema, object);
      case JsonTree.Null _ -> NullValue.NULL_VALUE;
    };
  }

  private static Map<String, Object> object(@Nullable TreeSchema schema, JsonTree.Obj object) {
    TreeSchema known = schema == TreeSchema.ANYTHING ? null : schema;
    boolean map = known == null || known.additional() != null;
    Map<String, Object> members = LinkedHashMap.newLinkedHashMap(object.members().size());
    object
        .members()
        .forEach((name, member) -> {
          TreeSchema of = known == null ? null : known.member(name);
          if (map) {
            members.put(name, of(of, member));
          } else if (!(member instanceof JsonTree.Null)) {
            members.put(CelNames.escape(name), of(of == TreeSchema.ANYTHING ? null : of, member));
          }
        });
    return members;
  }

  private static Object text(@Nullable TreeSchema schema, String text) {
    String format = schema == null ? null : schema.source().format();
    try {
      return switch (format) {
        case "byte" -> CelByteString.of(Base64.getDecoder().decode(text));
        case "date-time" -> Rfc3339.parse(text);
        case "date" -> LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
        case "duration" -> duration(text);
        case null, default -> text;
      };
    } catch (IllegalArgumentException | DateTimeParseException e) {
      throw new IllegalArgumentException(
          "failed to parse " + text + " as " + format + ": " + e.getMessage(), e);
    }
  }

  private static Duration duration(String text) {
    return GoDuration.parse(text);
  }

  private static Object number(@Nullable TreeSchema schema, String literal) {
    boolean decimal = schema != null && schema.type().equals("number");
    BigDecimal number = new BigDecimal(literal);
    boolean whole = literal.indexOf('.') < 0 && number.stripTrailingZeros().scale() <= 0;
    return decimal || !whole ? (Object) number.doubleValue() : (Object) number.longValue();
  }
}
