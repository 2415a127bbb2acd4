package dev.tiphys.api.generated;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.api.Kinds;
import dev.tiphys.api.codec.JsonCodec;
import dev.tiphys.api.schema.Struct;
import dev.tiphys.api.schema.StructType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EveryTypeTravelsTest {

  private static final int DEPTH = 3;

  @Test
  void asJsonAndBack() {
    for (StructType<?> type : Kinds.allTypes()) {
      Struct full = Samples.full(type, DEPTH);
      Struct empty = type.create(new @Nullable Object[type.fields().size()]);

      assertThat(JsonCodec.decode(JsonCodec.encode(full), type)).as(type.name()).isEqualTo(full);
      assertThat(JsonCodec.decode(JsonCodec.encode(empty), type)).as(type.name()).isEqualTo(empty);
    }
  }
}
