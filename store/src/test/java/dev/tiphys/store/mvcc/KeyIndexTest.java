package dev.tiphys.store.mvcc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class KeyIndexTest {
  private final KeyIndex index = new KeyIndex();
  private final TreeSet<String> keys = new TreeSet<>();

  @Test
  void rangesOfAnyLengthEndWhereTheyShould() {
    var random = RandomGenerator.of("L64X128MixRandom");
    while (keys.size() < 500) {
      var key = "k%05d".formatted(random.nextInt(100_000));
      if (keys.add(key)) {
        index.put(null, key.getBytes(UTF_8), keys.size(), 0, 1, 1, 1, 0);
      }
    }
    var ordered = List.copyOf(keys);
    for (int length : new int[] {0, 1, 2, 3, 31, 32, 33, 63, 64, 65, 127, 128, 129, 300, 500}) {
      int first = random.nextInt(ordered.size() - length + 1);
      var end = first + length == ordered.size() ? "l" : ordered.get(first + length);
      var from = first == ordered.size() ? "l" : ordered.get(first);
      assertThat(keysIn(new KeyRange(from.getBytes(UTF_8), end.getBytes(UTF_8))))
          .isEqualTo(ordered.subList(first, first + length));
      assertThat(keysIn(new KeyRange(from.getBytes(UTF_8), null)))
          .isEqualTo(ordered.subList(first, ordered.size()));
    }
  }

  @Test
  void aRangeOfNothingIsEmpty() {
    index.put(null, "a".getBytes(UTF_8), 2, 0, 1, 2, 1, 0);
    assertThat(keysIn(new KeyRange("b".getBytes(UTF_8), "a".getBytes(UTF_8)))).isEmpty();
    assertThat(keysIn(KeyRange.single("b".getBytes(UTF_8)))).isEmpty();
    assertThat(keysIn(KeyRange.single("a".getBytes(UTF_8)))).containsExactly("a");
  }

  private List<String> keysIn(KeyRange range) {
    var found = new ArrayList<String>();
    index.in(range).forEach(history -> found.add(new String(history.key(), UTF_8)));
    return found;
  }
}
