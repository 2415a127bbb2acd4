package dev.tiphys.api.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ValuesTest {

  @ParameterizedTest
  @ValueSource(ints = {1, 8, 9, 100})
  void mapsOfAnySizeHoldWhatTheyWereGivenInItsOrder(int size) {
    Map<String, Integer> given = numbers(size);
    Map<String, Integer> map = Values.map(given);

    assertThat(map).isEqualTo(given).hasSize(size);
    assertThat(given).isEqualTo(map);
    assertThat(map.hashCode()).isEqualTo(given.hashCode());
    assertThat(map.keySet()).containsExactlyElementsOf(given.keySet());
    assertThat(map.get("k0")).isEqualTo(0);
    assertThat(map.containsKey("k" + (size - 1))).isTrue();
    assertThat(map.get("k" + size)).isNull();
    assertThat(map.containsKey(null)).isFalse();
  }

  @Test
  void mapsCannotBeChanged() {
    Map<String, Integer> map = Values.map(numbers(2));

    assertThatThrownBy(() -> map.put("x", 1)).isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> map.remove("k0")).isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(map::clear).isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> map.entrySet().iterator().next().setValue(5))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void whatIsAlreadyUnmodifiableIsNotCopied() {
    Map<String, Integer> map = Values.map(numbers(3));
    List<String> list = Values.list(new ArrayList<>(List.of("a")));

    assertThat(Values.map(map)).isSameAs(map);
    assertThat(Values.list(list)).isSameAs(list);
  }

  @Test
  void absentIsEmpty() {
    assertThat(Values.map(null)).isEmpty();
    assertThat(Values.list(null)).isEmpty();
  }

  private static Map<String, Integer> numbers(int size) {
    Map<String, Integer> map = new LinkedHashMap<>();
    for (int i = size - 1; i >= 0; i--) {
      map.put("k" + i, i);
    }
    return map;
  }
}
