package dev.tiphys.api.schema;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.api.Kinds;
import dev.tiphys.api.version.Info;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ApiDocsTest {

  private static final Field SIZE = Field.plain(0, "size", 1, FieldType.Scalar.INT32);
  private static final StructType<DynamicStruct> BOX = type("example.Box");
  private static final StructType<DynamicStruct> LID = type("example.Lid");

  private static StructType<DynamicStruct> type(String name) {
    return new StructType<>(
        name, List.of(SIZE), values -> new DynamicStruct(Objects.requireNonNull(BOX), values));
  }

  @Test
  void tellsOfTypesAndTheirFields() throws IOException {
    ApiDocs docs =
        read("example.Box\tHolds things.\n\tsize\tHow much.\nexample.Lid\t\n\tsize\tHow wide.\n");

    assertThat(docs.of(BOX)).isEqualTo("Holds things.");
    assertThat(docs.of(BOX, SIZE)).isEqualTo("How much.");
    assertThat(docs.of(LID, SIZE)).isEqualTo("How wide.");
  }

  @Test
  void saysNothingWhereNothingIsWritten() throws IOException {
    ApiDocs docs = read("example.Lid\t\n");

    assertThat(docs.of(LID)).isNull();
    assertThat(docs.of(LID, SIZE)).isNull();
    assertThat(docs.of(BOX)).isNull();
  }

  @Test
  void comesWithTheGeneratedTypes() {
    assertThat(ApiDocs.load().of(Info.TYPE)).startsWith("What a server answers");
  }

  @Test
  void everyTypeAndFieldIsDocumented() {
    ApiDocs docs = ApiDocs.load();
    List<String> silent = new ArrayList<>();
    for (StructType<?> type : Kinds.allTypes()) {
      if (docs.of(type) == null) {
        silent.add(type.name());
      }
      for (Field field : type.fields()) {
        if (docs.of(type, field) == null) {
          silent.add(type.name() + "." + field.name());
        }
      }
    }

    assertThat(silent).isEmpty();
  }

  private static ApiDocs read(String text) throws IOException {
    return ApiDocs.read(new BufferedReader(new StringReader(text)));
  }
}
