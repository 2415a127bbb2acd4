package dev.tiphys.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.apiserver.TestApi.Answer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Fields that there are not, or twice. */
final class StrictFieldsTest extends InNamespace {

  @Test
  void unknownFieldsWarnOrFail() {
    String body = "{\"metadata\":{\"name\":\"m\"},\"dta\":{}}";
    Answer strict = admin.post(core + "/configmaps?fieldValidation=Strict", body);
    assertThat(strict.code()).isEqualTo(400);
    assertThat(strict.at("message")).endsWith("strict decoding error: unknown field \"dta\"");
    Answer warned = admin.post(core + "/configmaps", body);
    assertThat(warned.code()).isEqualTo(201);
    assertThat(warned.header("Warning")).isEqualTo("299 - \"unknown field \\\"dta\\\"\"");
  }

  @Test
  void whatIsAppliedMayHaveNoUnknownField() {
    String path = core + "/configmaps/applied?fieldManager=me&fieldValidation=";
    String config =
        "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"applied\"},"
            + "\"data\":{\"a\":\"1\",\"a\":\"2\"}%s}";
    for (String validation : List.of("Ignore", "Warn", "Strict")) {
      Answer refused =
          admin.patch(path + validation, "apply-patch+yaml", config.formatted(",\"dta\":{}"));
      assertThat(refused.code()).isEqualTo(400);
      assertThat(refused.at("message"))
          .isEqualTo(
              "failed to create typed patch object (/applied; /v1, Kind=ConfigMap): .dta: field not"
                  + " declared in schema");
    }
    Answer strict = admin.patch(path + "Strict", "apply-patch+yaml", config.formatted(""));
    assertThat(strict.at("message")).contains("data.a");
    Answer warned = admin.patch(path + "Warn", "apply-patch+yaml", config.formatted(""));
    assertThat(warned.code()).isEqualTo(201);
    assertThat(warned.header("Warning")).contains("data.a");
    Answer ignored = admin.patch(path + "Ignore", "apply-patch+yaml", config.formatted(""));
    assertThat(ignored.header("Warning")).isEmpty();
  }

  @Test
  void everyUnknownOrDoubleFieldHasAWarningOfItsOwn() {
    Answer warned =
        admin.post(
            core + "/configmaps",
            "{\"metadata\":{\"name\":\"m\",\"labels\":{\"a\":\"1\",\"a\":\"2\"}},"
                + "\"dta\":{},\"more\":1,\"data\":{},\"data\":{\"b\":\"c\"}}");
    Answer inYaml =
        admin.send(
            "POST",
            core + "/configmaps?fieldValidation=Strict",
            "application/yaml",
            "metadata: {name: twice}\ndata: {a: b}\ndata: {a: c}\n");
    Answer ignored =
        admin.post(
            core + "/configmaps?fieldValidation=Ignore", "{\"metadata\":{\"name\":\"i\"},\"x\":1}");

    assertThat(warned.response().headers().allValues("Warning"))
        .containsExactlyInAnyOrder(
            "299 - \"duplicate field \\\"metadata.labels.a\\\"\"",
            "299 - \"unknown field \\\"dta\\\"\"",
            "299 - \"unknown field \\\"more\\\"\"",
            "299 - \"duplicate field \\\"data\\\"\"");
    assertThat(inYaml.code()).isEqualTo(400);
    assertThat(inYaml.at("message")).endsWith("duplicate field \"data\"");
    assertThat(ignored.code()).isEqualTo(201);
    assertThat(ignored.header("Warning")).isEmpty();
  }
}
