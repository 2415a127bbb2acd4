package dev.tiphys.apiserver.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.api.core.v1.ConfigMap;
import dev.tiphys.api.meta.v1.ObjectMeta;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The bytes of a long list are made for the second who asks, and serve all who ask after that. */
class StoredListTest {

  private final AtomicInteger made = new AtomicInteger();

  private List<byte[]> make() {
    return List.of(new byte[] {(byte) made.incrementAndGet()});
  }

  private static StoredList<ConfigMap> list(int size) {
    return StoredList.of(
        IntStream.range(0, size)
            .<Stored<ConfigMap>>mapToObj(i ->
                StoredObject.of(
                    "n/" + i,
                    ConfigMap.builder()
                        .metadata(ObjectMeta.builder().name("m" + i).build())
                        .build(),
                    i + 1))
            .toList());
  }

  @Test
  void theFirstWhoAsksGetsNothingAndTheOthersTheSame() {
    StoredList<ConfigMap> list = list(Limits.SHARED_LIST);

    assertThat(list.encoded(0, this::make)).isNull();
    List<byte[]> second = list.encoded(0, this::make);

    assertThat(second).isNotNull();
    assertThat(list.encoded(0, this::make)).isSameAs(second);
    assertThat(made).hasValue(1);
  }

  @Test
  void encodingsAreKeptApart() {
    StoredList<ConfigMap> list = list(Limits.SHARED_LIST);
    list.encoded(0, this::make);

    assertThat(list.encoded(1, this::make)).isNull();
    assertThat(list.encoded(-1, this::make)).isNull();
  }

  @Test
  void whatIsCompressedIsKeptApart() {
    StoredList<ConfigMap> list = list(Limits.SHARED_LIST);
    list.encoded(0, this::make);

    assertThat(list.compressed(0, () -> "small")).isNull();
    assertThat(list.compressed(0, () -> "small")).isEqualTo("small");
    assertThat(list.compressed(0, () -> "other")).isEqualTo("small");
  }

  @Test
  void shortListsAreNotKept() {
    StoredList<ConfigMap> list = list(Limits.SHARED_LIST - 1);
    list.encoded(0, this::make);

    assertThat(list.encoded(0, this::make)).isNull();
    assertThat(made).hasValue(0);
  }
}
