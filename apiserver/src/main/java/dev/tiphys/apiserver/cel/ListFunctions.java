package dev.tiphys.apiserver.cel;

import dev.cel.common.types.ListType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.TypeParamType;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;

/**
 * {@code isSorted}, {@code sum}, {@code min}, {@code max}, {@code indexOf}, {@code lastIndexOf}.
 */
final class ListFunctions {

  private static final TypeParamType T = TypeParamType.create("T");
  private static final ListType LIST = ListType.create(T);

  private ListFunctions() {}

  static List<Function> all() {
    return List.of(
        Function.member(
            "isSorted",
            "kube_list_is_sorted",
            SimpleType.BOOL,
            arguments -> isSorted((List<?>) arguments[0]),
            List.of(LIST),
            List.class),
        Function.member(
            "sum",
            "kube_list_sum",
            T,
            arguments -> sum((List<?>) arguments[0]),
            List.of(LIST),
            List.class),
        Function.member(
            "min",
            "kube_list_min",
            T,
            arguments -> extreme((List<?>) arguments[0], -1, "min"),
            List.of(LIST),
            List.class),
        Function.member(
            "max",
            "kube_list_max",
            T,
            arguments -> extreme((List<?>) arguments[0], 1, "max"),
            List.of(LIST),
            List.class),
        Function.member(
            "indexOf",
            "kube_list_index_of",
            SimpleType.INT,
            arguments -> (long) ((List<?>) arguments[0]).indexOf(arguments[1]),
            List.of(LIST, T),
            List.class,
            Object.class),
        Function.member(
            "lastIndexOf",
            "kube_list_last_index_of",
            SimpleType.INT,
            arguments -> (long) ((List<?>) arguments[0]).lastIndexOf(arguments[1]),
            List.of(LIST, T),
            List.class,
            Object.class));
  }

  private static boolean isSorted(List<?> list) {
    Iterator<?> elements = list.iterator();
    Object before = elements.hasNext() ? elements.next() : null;
    while (elements.hasNext()) {
      Object next = elements.next();
      if (before != null && compare(before, next) > 0) {
        return false;
      }
      before = next;
    }
    return true;
  }

  @SuppressWarnings("unchecked") // elements of a list are of one comparable type, or it fails
  private static int compare(Object one, Object other) {
    if (!(one instanceof Comparable<?>) || one.getClass() != other.getClass()) {
      throw new IllegalArgumentException("no such overload");
    }
    return ((Comparable<Object>) one).compareTo(other);
  }

  private static Object extreme(List<?> list, int sign, String name) {
    if (list.isEmpty()) {
      throw new IllegalArgumentException(name + " called on empty list");
    }
    Object best = list.getFirst();
    for (Object element : list) {
      best = sign * compare(element, best) > 0 ? element : best;
    }
    return best;
  }

  private static Object sum(List<?> list) {
    if (list.isEmpty()) {
      return 0L;
    }
    return switch (list.getFirst()) {
      case Double _ -> list.stream().mapToDouble(one -> ((Number) one).doubleValue()).sum();
      case Duration _ ->
          list.stream().map(Duration.class::cast).reduce(Duration.ZERO, Duration::plus);
      case Number _ ->
          list.stream().mapToLong(one -> ((Number) one).longValue()).reduce(0, Math::addExact);
      default -> throw new IllegalArgumentException("no such overload");
    };
  }
}
