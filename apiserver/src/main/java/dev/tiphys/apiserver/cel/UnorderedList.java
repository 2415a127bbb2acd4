package dev.tiphys.apiserver.cel;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * A list whose order counts for nothing ({@code x-kubernetes-list-type} {@code set} or {@code
 * map}). Immutable.
 */
final class UnorderedList extends AbstractList<Object> {

  private final List<Object> elements;
  // By which elements are told apart; of a set, by themselves.
  private final List<String> keys;

  UnorderedList(List<Object> elements, List<String> keys) {
    this.elements = elements;
    this.keys = keys;
  }

  @Override
  public Object get(int index) {
    return Objects.requireNonNull(elements.get(index));
  }

  @Override
  public int size() {
    return elements.size();
  }

  private Object key(Object element) {
    if (keys.isEmpty() || !(element instanceof Map<?, ?> map)) {
      return canonical(element);
    }
    List<Object> values = new ArrayList<>();
    for (String key : keys) {
      Object value = map.get(key);
      values.add(value == null ? List.of() : canonical(value));
    }
    return values;
  }

  /** This list, and after it what another has besides; of a map, in place of its own. */
  UnorderedList plus(List<?> other) {
    Map<Object, Object> all = new LinkedHashMap<>();
    elements.forEach(element -> all.put(key(element), element));
    for (Object element : other) {
      Object key = key(element);
      if (!keys.isEmpty() || !all.containsKey(key)) {
        all.put(key, element);
      }
    }
    return new UnorderedList(new ArrayList<>(all.values()), keys);
  }

  private boolean same(List<?> other) {
    if (other.size() != elements.size()) {
      return false;
    }
    Map<Object, Object> theirs = new HashMap<>();
    other.forEach(element -> theirs.put(key(element), element));
    for (Object element : elements) {
      Object counterpart = theirs.get(key(element));
      if (counterpart == null || !equal(element, counterpart)) {
        return false;
      }
    }
    return true;
  }

  /** Whether two values are the same to an expression; the first says how lists compare. */
  static boolean equal(Object one, Object other) {
    if (one instanceof UnorderedList list) {
      return other instanceof List<?> theirs && list.same(theirs);
    }
    if (one instanceof List<?> list) {
      if (!(other instanceof List<?> theirs) || list.size() != theirs.size()) {
        return false;
      }
      for (int i = 0; i < list.size(); i++) {
        if (!equal(Objects.requireNonNull(list.get(i)), Objects.requireNonNull(theirs.get(i)))) {
          return false;
        }
      }
      return true;
    }
    if (one instanceof Map<?, ?> map) {
      return other instanceof Map<?, ?> theirs
          && map.size() == theirs.size()
          && map.entrySet().stream()
              .allMatch(entry -> {
                Object value = theirs.get(entry.getKey());
                return value != null && equal(Objects.requireNonNull(entry.getValue()), value);
              });
    }
    return canonical(one).equals(canonical(other));
  }

  /** A value that is equal to another exactly if expressions find the two equal. */
  private static Object canonical(Object value) {
    return switch (value) {
      case Double number when number == Math.rint(number) && Math.abs(number) < 1L << 53 ->
          number.longValue();
      case Number number when !(number instanceof Double) -> number.longValue();
      case UnorderedList list when list.keys.isEmpty() -> {
        Set<Object> elements = new HashSet<>();
        list.forEach(element -> elements.add(canonical(element)));
        yield elements;
      }
      case UnorderedList list -> {
        Map<Object, Object> elements = new HashMap<>();
        list.forEach(element -> elements.put(list.key(element), canonical(element)));
        yield elements;
      }
      case List<?> list -> list.stream().map(UnorderedList::canonical).toList();
      case Map<?, ?> map -> {
        Map<Object, Object> members = new HashMap<>();
        map.forEach((name, member) -> members.put(name, canonical(member)));
        yield members;
      }
      default -> value;
    };
  }
}
