package dev.tiphys.apiserver.storage;

import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * An immutable map in the order of its keys. A change makes a new tree that shares all but a path
 * with the old one (an AVL tree, Adelson-Velsky and Landis 1962), so a reader's snapshot costs
 * nothing and lists never hold up writers. Knows the rank of keys. Thread-safe.
 *
 * @param <V> the type of the values
 */
final class SortedTree<V> {

  private static final class Node<V> {
    final String key;
    final V value;
    final @Nullable Node<V> left;
    final @Nullable Node<V> right;
    final int height;
    final int size;

    Node(String key, V value, @Nullable Node<V> left, @Nullable Node<V> right) {
      this.key = key;
      this.value = value;
      this.left = left;
      this.right = right;
      this.height = 1 + Math.max(height(left), height(right));
      this.size = 1 + size(left) + size(right);
    }
  }

  private static final SortedTree<?> EMPTY = new SortedTree<>(null);

  private final @Nullable Node<V> root;

  private SortedTree(@Nullable Node<V> root) {
    this.root = root;
  }

  /** A tree without keys. */
  @SuppressWarnings("unchecked") // It holds no value of any type.
  static <V> SortedTree<V> empty() {
    return (SortedTree<V>) EMPTY;
  }

  /**
   * A tree of keys in ascending order.
   *
   * @throws IllegalArgumentException if they are not
   */
  static <V> SortedTree<V> ofSorted(List<String> keys, List<V> values) {
    for (int i = 1; i < keys.size(); i++) {
      if (keys.get(i - 1).compareTo(keys.get(i)) >= 0) {
        throw new IllegalArgumentException("keys out of order");
      }
    }
    return new SortedTree<>(build(keys, values, 0, keys.size()));
  }

  private static <V> @Nullable Node<V> build(List<String> keys, List<V> values, int from, int to) {
    if (from == to) {
      return null;
    }
    int middle = (from + to) >>> 1;
    return new Node<>(
        keys.get(middle),
        values.get(middle),
        build(keys, values, from, middle),
        build(keys, values, middle + 1, to));
  }

  int size() {
    return size(root);
  }

  /** The value of a key, or null. */
  @Nullable V get(String key) {
    Node<V> at = root;
    while (at != null) {
      int order = key.compareTo(at.key);
      if (order == 0) {
        return at.value;
      }
      at = order < 0 ? at.left : at.right;
    }
    return null;
  }

  /** The tree with a key's value set. */
  SortedTree<V> with(String key, V value) {
    return new SortedTree<>(put(root, key, value));
  }

  /** The tree without a key. */
  SortedTree<V> without(String key) {
    return get(key) == null ? this : new SortedTree<>(remove(root, key));
  }

  /** How many keys come before one. */
  int rank(String key) {
    int before = 0;
    Node<V> at = root;
    while (at != null) {
      if (key.compareTo(at.key) <= 0) {
        at = at.left;
      } else {
        before += size(at.left) + 1;
        at = at.right;
      }
    }
    return before;
  }

  /**
   * Walks values in the order of their keys.
   *
   * @param from the first key, inclusive
   * @param to the last key, exclusive; null for no end
   * @param each says whether to go on
   * @return whether the walk came to its end
   */
  boolean walk(String from, @Nullable String to, Predicate<? super V> each) {
    return walk(root, from, to, each);
  }

  private static <V> boolean walk(
      @Nullable Node<V> at, @Nullable String from, @Nullable String to, Predicate<? super V> each) {
    if (at == null) {
      return true;
    }
    boolean afterStart = from == null || at.key.compareTo(from) >= 0;
    boolean beforeEnd = to == null || at.key.compareTo(to) < 0;
    // Within the bounds nothing is compared any more: a look at a key is a look at cold memory.
    if (afterStart && !walk(at.left, from, beforeEnd ? null : to, each)) {
      return false;
    }
    if (afterStart && beforeEnd && !each.test(at.value)) {
      return false;
    }
    return !beforeEnd || walk(at.right, afterStart ? null : from, to, each);
  }

  private static int height(@Nullable Node<?> node) {
    return node == null ? 0 : node.height;
  }

  private static int size(@Nullable Node<?> node) {
    return node == null ? 0 : node.size;
  }

  private static <V> Node<V> put(@Nullable Node<V> at, String key, V value) {
    if (at == null) {
      return new Node<>(key, value, null, null);
    }
    int order = key.compareTo(at.key);
    if (order == 0) {
      return new Node<>(at.key, value, at.left, at.right);
    }
    return order < 0
        ? balanced(at.key, at.value, put(at.left, key, value), at.right)
        : balanced(at.key, at.value, at.left, put(at.right, key, value));
  }

  private static <V> @Nullable Node<V> remove(@Nullable Node<V> at, String key) {
    if (at == null) {
      return null;
    }
    int order = key.compareTo(at.key);
    if (order < 0) {
      return balanced(at.key, at.value, remove(at.left, key), at.right);
    }
    if (order > 0) {
      return balanced(at.key, at.value, at.left, remove(at.right, key));
    }
    if (at.left == null) {
      return at.right;
    }
    if (at.right == null) {
      return at.left;
    }
    Node<V> next = first(at.right);
    return balanced(next.key, next.value, at.left, remove(at.right, next.key));
  }

  private static <V> Node<V> first(Node<V> at) {
    Node<V> first = at;
    while (first.left != null) {
      first = first.left;
    }
    return first;
  }

  private static <V> Node<V> balanced(
      String key, V value, @Nullable Node<V> left, @Nullable Node<V> right) {
    int lean = height(left) - height(right);
    if (lean > 1 && left != null) {
      if (height(left.left) >= height(left.right)) {
        return new Node<>(
            left.key, left.value, left.left, new Node<>(key, value, left.right, right));
      }
      Node<V> middle = present(left.right);
      return new Node<>(
          middle.key,
          middle.value,
          new Node<>(left.key, left.value, left.left, middle.left),
          new Node<>(key, value, middle.right, right));
    }
    if (lean < -1 && right != null) {
      if (height(right.right) >= height(right.left)) {
        return new Node<>(
            right.key, right.value, new Node<>(key, value, left, right.left), right.right);
      }
      Node<V> middle = present(right.left);
      return new Node<>(
          middle.key,
          middle.value,
          new Node<>(key, value, left, middle.left),
          new Node<>(right.key, right.value, middle.right, right.right));
    }
    return new Node<>(key, value, left, right);
  }

  private static <V> Node<V> present(@Nullable Node<V> node) {
    if (node == null) {
      throw new IllegalStateException("the higher side of a tree is not empty");
    }
    return node;
  }
}
