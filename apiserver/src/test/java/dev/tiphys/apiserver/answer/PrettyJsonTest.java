package dev.tiphys.apiserver.answer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PrettyJsonTest {

  private static String pretty(String... segments) {
    return new String(
        PrettyJson.of(
            List.of(segments).stream().map(s -> s.getBytes(StandardCharsets.UTF_8)).toList()),
        StandardCharsets.UTF_8);
  }

  @Test
  void laysOutObjectsAndLists() {
    assertThat(pretty("{\"a\":[1,", "{\"b\":\"x\"}],\"c\":{},\"d\":[]}"))
        .isEqualTo(
            """
            {
              "a": [
                1,
                {
                  "b": "x"
                }
              ],
              "c": {},
              "d": []
            }\
            """);
  }

  @Test
  void leavesTextsAlone() {
    assertThat(pretty("{\"a\":\"{\\\"x\\\":[1,2]}\\\\\"}"))
        .isEqualTo("{\n  \"a\": \"{\\\"x\\\":[1,2]}\\\\\"\n}");
  }
}
