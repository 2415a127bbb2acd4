package dev.tiphys.api.codec;

import dev.tiphys.api.schema.Field;
import dev.tiphys.api.schema.StructType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The message of a struct: which field has which number, with the messages in between that JSON
 * inlines. Immutable.
 */
final class ProtoPlan {

  /**
   * What a number stands for: a field, or a message whose fields JSON shows in the outer one.
   *
   * @param field null for such a message
   * @param inner null for a field
   */
  record Node(int number, @Nullable Field field, @Nullable ProtoPlan inner) {}

  /** By number, ascending. */
  private final Node[] nodes;

  private ProtoPlan(Node[] nodes) {
    this.nodes = nodes;
  }

  static ProtoPlan of(StructType<?> type) {
    List<Field> fields = new ArrayList<>();
    for (Field field : type.fields()) {
      if (field.number() > 0) {
        fields.add(field);
      }
    }
    return of(fields, 0);
  }

  private static ProtoPlan of(List<Field> fields, int depth) {
    Map<Integer, Field> own = new TreeMap<>();
    Map<Integer, List<Field>> inlined = new TreeMap<>();
    for (Field field : fields) {
      if (field.inlinePath().size() == depth) {
        own.put(field.number(), field);
      } else {
        inlined.computeIfAbsent(field.inlinePath().get(depth), _ -> new ArrayList<>()).add(field);
      }
    }
    List<Node> nodes = new ArrayList<>();
    own.forEach((number, field) -> nodes.add(new Node(number, field, null)));
    inlined.forEach((number, inner) -> nodes.add(new Node(number, null, of(inner, depth + 1))));
    nodes.sort((one, other) -> Integer.compare(one.number(), other.number()));
    return new ProtoPlan(nodes.toArray(new Node[0]));
  }

  int size() {
    return nodes.length;
  }

  Node node(int index) {
    return nodes[index];
  }

  /** What a number stands for, or null. */
  @Nullable Node byNumber(int number) {
    if (number <= nodes.length && nodes[number - 1].number() == number) {
      return nodes[number - 1];
    }
    int low = 0;
    int high = nodes.length - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int found = nodes[middle].number();
      if (found == number) {
        return nodes[middle];
      }
      if (found < number) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return null;
  }

  @Override
  public String toString() {
    return Arrays.toString(nodes);
  }
}
