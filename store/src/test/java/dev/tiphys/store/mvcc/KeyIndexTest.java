package dev.tiphys.store.mvcc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyIndexTest {
  private final KeyIndex index = new KeyIndex();
  private final TreeSet<String> keys = new TreeSet<>();

  @Test
  void rangesOfAnyLengthEndWhereTheyShould() {
    var random = RandomGenerator.of("L64X128MixRandom");
    while (keys.size() < 500) {
      var key = "k%05d".formatted(random.nextInt(100_000));
      if (keys.add(key)) {
        index.put(null, bytes(key), keys.size(), 0, 1, 1, 1, 0);
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

  /** Random puts and compactions against a sorted map: what is found and what is not. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void findsWhatAMapFinds(long seed) {
    var random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    var model = new TreeMap<String, KeyHistory>();
    int span = 1 << (4 + random.nextInt(12));
    long revision = 1;
    for (int step = 0; step < 20_000; step++) {
      var key = Integer.toHexString(random.nextInt(span));
      var known = index.get(bytes(key));
      assertThat(known).as(key).isSameAs(model.get(key));
      revision++;
      if (random.nextInt(3) > 0) {
        model.put(key, index.put(known, bytes(key), revision, 0, 1, revision, 1, 0));
      } else if (known != null && known.head().exists()) {
        known.delete(revision, 0, 1);
      }
      if (random.nextInt(4_000) == 0) {
        index.compact(revision + 1);
        model.values().removeIf(history -> !history.head().exists());
        keys.clear();
        keys.addAll(model.keySet());
        assertThat(keysIn(new KeyRange(new byte[0], null))).isEqualTo(List.copyOf(keys));
      }
      if (random.nextInt(100) == 0) {
        var end = Integer.toHexString(random.nextInt(span));
        var expected =
            key.compareTo(end) >= 0 ? List.of() : List.copyOf(model.subMap(key, end).keySet());
        assertThat(keysIn(new KeyRange(bytes(key), bytes(end)))).isEqualTo(expected);
      }
    }
  }

  /**
   * Keys that stay are seen by everybody, whatever comes and goes between them; and readers that
   * leave each other no processor do not keep out who writes.
   */
  @Test
  void readersMissNothingThatStays() throws Exception {
    var stays = new ArrayList<String>();
    for (int i = 0; i < 2_000; i++) {
      var key = "k%05d".formatted(i * 10);
      stays.add(key);
      index.put(null, bytes(key), 2, 0, 1, 2, 1, 0);
    }
    var done = new AtomicBoolean();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var readers = new ArrayList<Future<Integer>>();
      for (int reader = 0; reader < 2; reader++) {
        readers.add(threads.submit(() -> readWhile(done, stays)));
      }
      try {
        comeAndGo();
      } finally {
        done.set(true);
      }
      for (var reader : readers) {
        assertThat(reader.get()).isPositive();
      }
    }
  }

  private int readWhile(AtomicBoolean done, List<String> stays) {
    int rounds = 0;
    do {
      var seen = keysIn(new KeyRange(bytes("k"), null));
      assertThat(seen).isSorted().doesNotHaveDuplicates();
      seen.retainAll(new HashSet<>(stays));
      assertThat(seen).isEqualTo(stays);
      for (var key : stays) {
        assertThat(index.get(bytes(key))).as(key).isNotNull();
      }
      rounds++;
    } while (!done.get());
    return rounds;
  }

  private void comeAndGo() {
    var random = RandomGeneratorFactory.of("L64X128MixRandom").create(7);
    long revision = 2;
    for (int round = 0; round < 40; round++) {
      var came = new ArrayList<KeyHistory>();
      for (int i = 0; i < 1_000; i++) {
        var key =
            bytes("k%05d".formatted(random.nextInt(20_000) / 10 * 10 + 1 + random.nextInt(9)));
        revision++;
        came.add(index.put(index.get(key), key, revision, 0, 1, revision, 1, 0));
      }
      for (var history : came) {
        if (history.head().exists()) {
          revision++;
          history.delete(revision, 0, 1);
        }
      }
      index.compact(revision + 1);
    }
  }

  private static byte[] bytes(String key) {
    return key.getBytes(UTF_8);
  }

  private List<String> keysIn(KeyRange range) {
    var found = new ArrayList<String>();
    index.in(range).forEach(history -> found.add(new String(history.key(), UTF_8)));
    return found;
  }
}
