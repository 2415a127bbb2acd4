package dev.tiphys.apiserver.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.apiserver.http.QueryParameters;
import dev.tiphys.apiserver.request.WriteOptions.FieldValidation;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class OptionsTest {

  private static Query query(String... namesAndValues) {
    Map<String, List<String>> values = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      values.put(namesAndValues[i], List.of(namesAndValues[i + 1]));
    }
    return Query.of(QueryParameters.of(values));
  }

  @Test
  void switchesAreOnUnlessTheySayOtherwise() {
    assertThat(query("watch", "").flag("watch")).isTrue();
    assertThat(query("watch", "1").flag("watch")).isTrue();
    assertThat(query("watch", "False").flag("watch")).isFalse();
    assertThat(query("watch", "0").flag("watch")).isFalse();
    assertThat(query().flag("watch")).isFalse();
  }

  @Test
  void listOptionsThatContradictAreRefusedInUpstreamsWords() {
    assertThatThrownBy(() -> ListOptions.of(query("resourceVersionMatch", "Exact")))
        .hasMessageEndingWith(
            "resourceVersionMatch is forbidden unless resourceVersion is provided");
    assertThatThrownBy(() -> ListOptions.of(query("sendInitialEvents", "true")))
        .hasMessageEndingWith("sendInitialEvents is forbidden for list");
    assertThatThrownBy(() -> ListOptions.of(query("watch", "1", "sendInitialEvents", "true")))
        .hasMessageEndingWith(
            "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan");
    assertThatThrownBy(() -> ListOptions.of(query("limit", "x")))
        .hasMessage("strconv.ParseInt: parsing \"x\": invalid syntax");
  }

  @Test
  void theFieldManagerIsNamedByTheUserAgentIfByNobodyElse() {
    assertThat(
            WriteOptions.of(query(), WriteOptions.Kind.CREATE, "kubectl/v1.36 (linux)")
                .fieldManager())
        .isEqualTo("kubectl");
    assertThat(
            WriteOptions.of(query("fieldManager", "me"), WriteOptions.Kind.CREATE, "kubectl")
                .fieldManager())
        .isEqualTo("me");
    assertThat(WriteOptions.of(query(), WriteOptions.Kind.CREATE, "").fieldManager())
        .isEqualTo("unknown");
  }

  @Test
  void unknownFieldsWarnByDefault() {
    assertThat(WriteOptions.of(query(), WriteOptions.Kind.UPDATE, "x").fieldValidation())
        .isEqualTo(FieldValidation.WARN);
    assertThatThrownBy(
            () -> WriteOptions.of(query("fieldValidation", "x"), WriteOptions.Kind.UPDATE, "x"))
        .hasMessageContaining("fieldValidation: Unsupported value: \"x\"");
  }

  @Test
  void applyNeedsAManagerAndOnlyApplyForces() {
    assertThatThrownBy(() -> WriteOptions.of(query(), WriteOptions.Kind.APPLY, "x"))
        .hasMessageEndingWith("fieldManager: Required value: is required for apply patch");
    assertThatThrownBy(() -> WriteOptions.of(query("force", "1"), WriteOptions.Kind.PATCH, "x"))
        .hasMessageEndingWith("may not be specified for non-apply patch");
  }

  @Test
  void deletionsReadTheBodyBeforeTheQuery() {
    byte[] body =
        "{\"kind\":\"DeleteOptions\",\"apiVersion\":\"apps/v1\",\"gracePeriodSeconds\":3}"
            .getBytes(StandardCharsets.UTF_8);
    assertThat(DeletionOptions.of(query("gracePeriodSeconds", "9"), body, "").gracePeriodSeconds())
        .isEqualTo(3);
    assertThat(
            DeletionOptions.of(query("gracePeriodSeconds", "9"), new byte[0], "")
                .gracePeriodSeconds())
        .isEqualTo(9);
    assertThatThrownBy(() -> DeletionOptions.of(query("propagationPolicy", "x"), new byte[0], ""))
        .hasMessageContaining("supported values: \"Background\", \"Foreground\", \"Orphan\"");
  }
}
