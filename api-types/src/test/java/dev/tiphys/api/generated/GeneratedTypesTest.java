package dev.tiphys.api.generated;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.api.Kinds;
import dev.tiphys.api.Resources;
import dev.tiphys.api.meta.v1.ListMeta;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.api.schema.ApiList;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.schema.Field;
import dev.tiphys.api.schema.FieldType;
import dev.tiphys.api.schema.GroupVersionKind;
import dev.tiphys.api.schema.ResourceType;
import dev.tiphys.api.schema.Struct;
import dev.tiphys.api.schema.StructType;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class GeneratedTypesTest {

  @Test
  void everyTypeMakesAValueOfNothing() {
    for (StructType<?> type : Kinds.allTypes()) {
      Struct value = type.create(new @Nullable Object[type.fields().size()]);

      assertThat(value.structType()).isSameAs(type);
      for (Field field : type.fields()) {
        Object absent =
            switch (field.type()) {
              case FieldType.ListOf _ -> List.of();
              case FieldType.MapOf _ -> Map.of();
              default -> absentMetadata(value, field);
            };
        assertThat(value.get(field.index())).as("%s.%s", type, field.name()).isEqualTo(absent);
      }
    }
  }

  private static @Nullable Object absentMetadata(Struct value, Field field) {
    if (!field.name().equals("metadata")) {
      return null;
    }
    return switch (value) {
      case ApiObject _ -> ObjectMeta.EMPTY;
      case ApiList<?> _ -> ListMeta.EMPTY;
      default -> null;
    };
  }

  @Test
  void everyValueIsMadeAgainFromItsFields() {
    for (StructType<?> type : Kinds.allTypes()) {
      Struct value = type.create(new @Nullable Object[type.fields().size()]);
      @Nullable Object[] values =
          type.fields().stream().map(field -> value.get(field.index())).toArray();

      assertThat(type.create(values)).isEqualTo(value);
    }
  }

  @Test
  void indexesArePositionsAndNamesAreUnique() {
    for (StructType<?> type : Kinds.allTypes()) {
      Set<String> names = new HashSet<>();
      for (int i = 0; i < type.fields().size(); i++) {
        Field field = type.fields().get(i);
        assertThat(field.index()).isEqualTo(i);
        assertThat(names.add(field.name())).as("%s.%s", type, field.name()).isTrue();
        assertThat(type.field(field.name())).isSameAs(field);
      }
    }
  }

  @Test
  void everyKindIsFoundByItsNames() {
    for (StructType<?> type : Kinds.allTypes()) {
      GroupVersionKind kind = type.kind();
      if (kind != null) {
        assertThat(Kinds.find(kind)).isSameAs(type);
      }
    }
    assertThat(Kinds.find("v1", "Nothing")).isNull();
  }

  @Test
  void everyResourceIsFoundAndKnowsItsTypes() {
    for (ResourceType<?> resource : Resources.ALL) {
      assertThat(Resources.find(resource.group(), resource.version(), resource.plural()))
          .isSameAs(resource);
      assertThat(Resources.ofKind(resource.kind())).isSameAs(resource);
      assertThat(resource.objectType().get().kind()).isEqualTo(resource.kind());
      if (resource.verbs().contains("list")) {
        assertThat(resource.listType()).as(resource.plural()).isNotNull();
      }
    }
  }
}
