package dev.tiphys.api.generated;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.api.Kinds;
import dev.tiphys.api.schema.Field;
import dev.tiphys.api.schema.Field.ListKind;
import dev.tiphys.api.schema.Field.PatchStrategy;
import dev.tiphys.api.schema.FieldType;
import dev.tiphys.api.schema.StructType;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * The descriptions against the published facts of the API. In {@code api-facts.tsv} a line is a
 * type, and a line that starts with a tab one of its fields: name, protobuf number (empty where
 * protobuf nests the field deeper), type, required, list type, list map keys, patch strategy, patch
 * merge key, map type. A type after an exclamation mark has only numbers and types known.
 */
class ApiFactsTest {

  private static final int COLUMNS = 11;

  @Test
  void everyPublishedFieldIsDescribedAsPublished() throws IOException {
    Map<String, StructType<?>> types = new HashMap<>();
    Kinds.allTypes().forEach(type -> types.put(type.name(), type));
    List<String> wrong = new ArrayList<>();
    StructType<?> type = null;
    boolean numbersOnly = false;
    int fields = 0;
    for (String line : facts()) {
      if (!line.startsWith("\t")) {
        numbersOnly = line.startsWith("!");
        String name = numbersOnly ? line.substring(1) : line;
        type = types.get(name);
        if (type == null) {
          wrong.add(name + " is not described");
        }
      } else if (type != null) {
        check(type, line.split("\t", COLUMNS), numbersOnly, wrong);
        fields++;
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(fields).isGreaterThan(2900);
  }

  private static void check(
      StructType<?> type, String[] fact, boolean numbersOnly, List<String> wrong) {
    String name = type.name() + "." + fact[1];
    Field field = type.field(fact[1]);
    if (field == null) {
      wrong.add(name + " is not described");
      return;
    }
    expect(name, "type", fact[3], text(field.type()), wrong);
    if (!fact[2].isEmpty()) {
      int outer = field.inlinePath().isEmpty() ? field.number() : field.inlinePath().getFirst();
      expect(name, "number", fact[2], String.valueOf(outer), wrong);
    } else if (field.inlinePath().isEmpty()) {
      expect(name, "number", "0", String.valueOf(field.number()), wrong);
    }
    if (numbersOnly) {
      return;
    }
    expect(name, "required", column(fact, 4), field.required() ? "required" : "", wrong);
    expect(name, "list type", column(fact, 5), listType(field, column(fact, 5)), wrong);
    expect(name, "keys", column(fact, 6), String.join(",", field.listMapKeys()), wrong);
    expect(name, "strategy", column(fact, 7), strategy(field, column(fact, 7)), wrong);
    expect(name, "key", column(fact, 8), Objects.toString(field.patchMergeKey(), ""), wrong);
    if (!column(fact, 9).isEmpty()) {
      expect(
          name,
          "map type",
          column(fact, 9),
          field.listKind() == ListKind.ATOMIC ? "atomic" : "granular",
          wrong);
    }
  }

  private static String column(String[] fact, int index) {
    return index < fact.length ? fact[index] : "";
  }

  private static void expect(
      String name, String what, String published, String described, List<String> wrong) {
    if (!published.equals(described)) {
      wrong.add("%s: %s is %s, not %s".formatted(name, what, published, described));
    }
  }

  /** Lists of which nothing is said are atomic. Bytes are published as lists here and there. */
  private static String listType(Field field, String published) {
    if (!(field.type() instanceof FieldType.ListOf)) {
      return field.type() == FieldType.Scalar.BYTES ? published : "";
    }
    return switch (field.listKind()) {
      case MAP -> "map";
      case SET -> "set";
      default -> published.isEmpty() ? "" : "atomic";
    };
  }

  private static String strategy(Field field, String published) {
    return switch (field.patchStrategy()) {
      case REPLACE -> published.equals("replace") ? "replace" : "";
      case MERGE -> "merge";
      case RETAIN_KEYS -> "retainKeys";
      case MERGE_RETAIN_KEYS -> "merge,retainKeys";
    };
  }

  private static String text(FieldType type) {
    return switch (type) {
      case FieldType.Scalar scalar -> scalar.name();
      case FieldType.StructRef ref -> ref.target().get().name();
      case FieldType.ListOf list -> "[" + text(list.element()) + "]";
      case FieldType.MapOf map -> "{" + text(map.value()) + "}";
      case FieldType.Tree _ -> throw new AssertionError("no built-in kind has one");
    };
  }

  @Test
  void mergingListsOfStructsHaveKeysThatTheirElementsHave() {
    for (StructType<?> type : Kinds.allTypes()) {
      for (Field field : type.fields()) {
        StructType<?> element = elementOf(field);
        for (String key : field.listMapKeys()) {
          assertThat(element).as("%s.%s", type, field.name()).isNotNull();
          assertThat(Objects.requireNonNull(element).field(key)).as(key).isNotNull();
        }
        if (field.patchMergeKey() != null && element != null) {
          assertThat(field.patchStrategy()).isNotEqualTo(PatchStrategy.REPLACE);
          assertThat(element.field(field.patchMergeKey())).isNotNull();
        }
      }
    }
  }

  private static @Nullable StructType<?> elementOf(Field field) {
    return field.type() instanceof FieldType.ListOf(FieldType.StructRef ref)
        ? ref.target().get()
        : null;
  }

  private static List<String> facts() throws IOException {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(ApiFactsTest.class.getResourceAsStream("api-facts.tsv")),
                StandardCharsets.UTF_8))) {
      return reader.lines().toList();
    }
  }
}
