package dev.tiphys.apiserver.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.apiserver.request.MediaTypes.Answer;
import dev.tiphys.apiserver.request.MediaTypes.Encoding;
import dev.tiphys.apiserver.request.MediaTypes.Transform;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MediaTypesTest {

  private static Answer negotiate(@Nullable String accept) {
    return MediaTypes.negotiate(accept, "test", Query.EMPTY, false);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "- | JSON",
        "*/* | JSON",
        "application/yaml | YAML",
        "application/vnd.kubernetes.protobuf,application/json | PROTOBUF",
        "application/vnd.kubernetes.protobuf;q=0.5,application/json | JSON",
        "text/html,application/json;q=0.9 | JSON",
        "application/json;as=Foo;v=v1;g=meta.k8s.io,application/yaml | YAML",
        "*/*,application/yaml | YAML",
        "application/*,application/cbor | CBOR",
        "application/json;stream=watch | JSON",
        "application/json;stream=ticker,application/yaml | YAML",
        "application/yaml;stream=watch,application/json | JSON",
        "application/json;sv=v2,application/yaml | YAML",
        "application/vnd.kubernetes.protobuf;as=Table;v=v1;g=meta.k8s.io,application/json | JSON",
      })
  void takesTheBestThatIsServed(@Nullable String accept, Encoding expected) {
    assertThat(negotiate(accept).encoding()).isEqualTo(expected);
  }

  @Test
  void offersTablesAndMetadata() {
    Answer table = negotiate("application/json;as=Table;v=v1;g=meta.k8s.io");
    assertThat(table.transform()).isEqualTo(Transform.TABLE);
    assertThat(table.transformVersion()).isEqualTo("v1");
    assertThat(
            negotiate("application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io")
                .transform())
        .isEqualTo(Transform.PARTIAL_LIST);
  }

  @Test
  void refusesWhatItDoesNotServe() {
    assertThatThrownBy(() -> negotiate("text/html"))
        .isInstanceOfSatisfying(ApiException.class, e -> assertThat(e.code()).isEqualTo(406))
        .hasMessageStartingWith("only the following media types are accepted");
  }

  @Test
  void watchesAreSequences() {
    assertThat(MediaTypes.negotiate("application/cbor-seq", null, Query.EMPTY, true).encoding())
        .isEqualTo(Encoding.CBOR);
    assertThatThrownBy(() -> negotiate("application/cbor-seq")).isInstanceOf(ApiException.class);
    assertThatThrownBy(() -> MediaTypes.negotiate("application/yaml", null, Query.EMPTY, true))
        .isInstanceOf(ApiException.class);
  }

  @Test
  void curlReadsPrettyJson() {
    assertThat(MediaTypes.negotiate("*/*", "curl/8.0", Query.EMPTY, false).pretty()).isTrue();
    assertThat(MediaTypes.negotiate("*/*", "kubectl/1.36", Query.EMPTY, false).pretty()).isFalse();
    assertThat(MediaTypes.negotiate("*/*", "curl/8.0", Query.EMPTY, true).pretty())
        .as("a watch is one document a line")
        .isFalse();
  }
}
