package dev.tiphys.apiserver.cel;

import com.google.common.primitives.UnsignedLong;
import dev.cel.common.values.CelByteString;
import dev.cel.common.values.NullValue;
import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.api.value.GoDuration;
import dev.tiphys.api.value.Quantity;
import dev.tiphys.api.value.Rfc3339;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Trees, made of what expressions give. */
final class CelTrees {

  private CelTrees() {}

  /**
   * A tree.
   *
   * @throws IllegalArgumentException if the value has no JSON
   */
  static JsonTree of(@Nullable Object value) {
    return switch (value) {
      case null -> JsonTree.Null.NULL;
      case NullValue _ -> JsonTree.Null.NULL;
      case String text -> new JsonTree.Text(text);
      case Boolean truth -> new JsonTree.Bool(truth);
      case Long number -> new JsonTree.Num(Long.toString(number));
      case UnsignedLong number -> new JsonTree.Num(number.toString());
      case Double number -> new JsonTree.Num(decimal(number));
      case CelByteString bytes ->
          new JsonTree.Text(Base64.getEncoder().encodeToString(bytes.toByteArray()));
      case Duration duration -> new JsonTree.Text(GoDuration.format(duration));
      case Instant instant -> new JsonTree.Text(Rfc3339.seconds(instant));
      case Quantity quantity -> new JsonTree.Text(quantity.toString());
      case Map<?, ?> map -> {
        Map<String, JsonTree> members = LinkedHashMap.newLinkedHashMap(map.size());
        map.forEach((name, member) -> members.put(String.valueOf(name), of(member)));
        yield new JsonTree.Obj(members);
      }
      case List<?> list -> {
        List<JsonTree> elements = new ArrayList<>(list.size());
        list.forEach(element -> elements.add(of(element)));
        yield new JsonTree.Arr(elements);
      }
      default ->
          throw new IllegalArgumentException(
              "cannot be written as JSON: " + value.getClass().getSimpleName());
    };
  }

  private static String decimal(double number) {
    if (Double.isNaN(number) || Double.isInfinite(number)) {
      throw new IllegalArgumentException("cannot be written as JSON: " + number);
    }
    return BigDecimal.valueOf(number).toPlainString();
  }
}
