package dev.tiphys.api.merge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.api.Kinds;
import dev.tiphys.api.codec.DecodeOptions;
import dev.tiphys.api.codec.DecodeOptions.Strictness;
import dev.tiphys.api.codec.JsonCodec;
import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.api.codec.YamlCodec;
import dev.tiphys.api.generated.Samples;
import dev.tiphys.api.schema.Struct;
import dev.tiphys.api.schema.StructType;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The laws of patches and apply, held for every type of the API. */
class EveryTypeMergesTest {

  private static final int DEPTH = 3;

  private interface Law {
    void check(Struct full, Struct empty);
  }

  private static void forEveryType(Law law) {
    for (StructType<?> type : Kinds.allTypes()) {
      law.check(Samples.full(type, DEPTH), type.create(new @Nullable Object[type.fields().size()]));
    }
  }

  @Test
  void defaultsAreFilledOnce() {
    forEveryType((full, empty) -> {
      Struct defaulted = Defaults.apply(empty);
      assertThat(Defaults.apply(defaulted)).as(full.structType().name()).isSameAs(defaulted);
      Struct again = Defaults.apply(full);
      assertThat(Defaults.apply(again)).as(full.structType().name()).isSameAs(again);
    });
  }

  @Test
  void aValueAsPatchOfItselfChangesNothing() {
    forEveryType((full, empty) -> {
      JsonTree patch = JsonCodec.toTree(full);
      String name = full.structType().name();
      assertThat(MergePatch.apply(full, patch, Strictness.STRICT).value()).as(name).isSameAs(full);
      assertThat(StrategicMergePatch.apply(full, patch, Strictness.STRICT).value())
          .as(name)
          .isEqualTo(full);
      assertThat(JsonPatch.apply(full, JsonTree.parse("[]"), DecodeOptions.STRICT).value())
          .as(name)
          .isEqualTo(full);
    });
  }

  @Test
  void aValueAsPatchOfNothingIsTheValue() {
    forEveryType((full, empty) -> {
      JsonTree patch = JsonCodec.toTree(full);
      String name = full.structType().name();
      assertThat(MergePatch.apply(empty, patch, Strictness.STRICT).value())
          .as(name)
          .isEqualTo(full);
      assertThat(StrategicMergePatch.apply(empty, patch, Strictness.STRICT).value())
          .as(name)
          .isEqualTo(full);
      assertThat(ApplyMerge.merge(empty, full)).as(name).isEqualTo(full);
    });
  }

  @Test
  void comparingFindsExactlyWhatThereIs() {
    forEveryType((full, empty) -> {
      String name = full.structType().name();
      Struct copy = JsonCodec.decode(JsonCodec.encode(full), full.structType());
      assertThat(FieldWalk.compare(full, copy).isEmpty()).as(name).isTrue();
      FieldSet fields = FieldWalk.fieldsOf(full);
      assertThat(FieldSet.parse(fields.toJson())).as(name).isEqualTo(fields);
      assertThat(FieldWalk.compare(empty, full).added().minus(fields).intersection(fields))
          .as(name)
          .isEqualTo(FieldSet.EMPTY);
      assertThat(fields.minus(FieldWalk.compare(empty, full).added()))
          .as(name)
          .isEqualTo(FieldSet.EMPTY);
      assertThat(fields.minus(FieldWalk.compare(full, empty).removed()))
          .as(name)
          .isEqualTo(FieldSet.EMPTY);
    });
  }

  @Test
  void whatNobodyOwnsAnyMoreIsRemoved() {
    forEveryType((full, empty) -> {
      FieldSet all = FieldWalk.fieldsOf(full);
      String name = full.structType().name();
      assertThat(ApplyMerge.remove(full, all, FieldSet.EMPTY)).as(name).isEqualTo(empty);
      assertThat(ApplyMerge.remove(full, all, all)).as(name).isSameAs(full);
    });
  }

  @Test
  void yamlCarriesEveryType() {
    forEveryType((full, empty) -> {
      byte[] yaml = YamlCodec.encode(full).getBytes(StandardCharsets.UTF_8);
      if (full.structType().fields().isEmpty()) {
        return;
      }
      assertThat(YamlCodec.decode(yaml, full.structType(), DecodeOptions.STRICT).value())
          .as(full.structType().name())
          .isEqualTo(full);
    });
  }
}
