package dev.tiphys.apiserver.cel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.api.apiextensions.v1.JSONSchemaProps;
import dev.tiphys.api.codec.JsonCodec;
import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.api.schema.TreeSchema;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rules over lists whose order counts for nothing. */
class UnorderedListTest {

  private static final SchemaCel CEL = new SchemaCel();

  private static final String VALUE =
      """
      {"set":["a","b"],"same":["b","a"],"more":["b","c"],"plain":["a","b"],
       "maps":[[{"k":"x","v":1},{"k":"y","v":2}],[{"k":"y","v":2},{"k":"x","v":1}],
               [{"k":"y","v":3},{"k":"z","v":4}]]}
      """;

  private static String faults(String rule) {
    String text = "{\"type\":\"string\"}";
    String set = "{\"type\":\"array\",\"x-kubernetes-list-type\":\"set\",\"items\":" + text + "}";
    String map =
        "{\"type\":\"array\",\"x-kubernetes-list-type\":\"map\",\"x-kubernetes-list-map-keys\":[\"k\"],"
            + "\"items\":{\"type\":\"object\",\"properties\":{\"k\":"
            + text
            + ",\"v\":{\"type\":\"integer\"}}}}";
    String schema =
        "{\"type\":\"object\",\"x-kubernetes-validations\":[{\"rule\":"
            + new JsonTree.Text(rule).toJson()
            + ",\"message\":\"broken\"}],\"properties\":{\"set\":%1$s,\"same\":%1$s,\"more\":%1$s,\"maps\":{\"type\":\"array\",\"items\":%2$s},\"plain\":{\"type\":\"array\",\"items\":%3$s}}}"
                .formatted(set, map, text);
    JSONSchemaProps props = JsonCodec.decode(schema, JSONSchemaProps.TYPE);
    FieldErrors errors = new FieldErrors();
    CEL.check(props, Path.ROOT, errors);
    CEL.rules(TreeSchema.of(props)).check((JsonTree.Obj) JsonTree.parse(VALUE), null, errors);
    return errors.message();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "self.set == self.same",
        "!(self.set != self.same)",
        "self.set != self.more",
        "self.set == ['b', 'a']",
        "self.plain == ['a', 'b']",
        "self.plain != ['b', 'a']",
        "self.set + self.more == ['c', 'b', 'a']",
        "(self.set + self.more).size() == 3",
        "(self.plain + ['b']).size() == 3",
        "self.maps[0] == self.maps[1]",
        "self.maps[0] != self.maps[2]",
        "(self.maps[0] + self.maps[2]).map(e, e.v) == [1, 3, 4]",
        "self.set.map(e, e + 'x') == ['ax', 'bx']",
        "self.maps[0].exists_one(e, e.k == 'x' && e.v == 1)",
        "1 + 1 == 2 && dyn(1) == dyn(1.0) && 'a' + 'b' == 'ab'",
        "{'l': self.set} == {'l': self.same}"
      })
  void orderCountsForNothing(String rule) {
    assertThat(faults(rule)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"self.set == self.more", "self.plain == self.same", "self.maps[0] == self.maps[2]"})
  void whatIsNotThereCounts(String rule) {
    assertThat(faults(rule)).contains("broken");
  }
}
