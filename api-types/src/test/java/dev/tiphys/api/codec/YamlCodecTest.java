package dev.tiphys.api.codec;

import static dev.tiphys.api.sample.Widget.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.api.codec.DecodeException.Reason;
import dev.tiphys.api.sample.Widget;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class YamlCodecTest {

  private static String toJson(String yaml) {
    return YamlCodec.documents(yaml).getFirst().tree().toJson().replace('"', '\'');
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "yes|true",
        "Off|false",
        "true|true",
        "'true'|'true'",
        "\"1\"|'1'",
        "0644|420",
        "0o17|15",
        "0x1F|31",
        "1_000|1000",
        "1.50|1.5",
        "1e3|1000",
        ".5|0.5",
        "08|8",
        "1.2.3|'1.2.3'",
        "-|[null]",
        "y|true",
        "N|false",
        "0b11|3",
        "-0b11|-3",
        "1__0|10",
        "_1|'_1'",
        "0x|'0x'",
        "0o8|'0o8'",
        "09.5|9.5",
        "1.|1",
        "1e|'1e'",
        "1e-7|1e-7",
        "-0|0",
        "=|'='",
        "123456789.123456789|123456789.12345679",
        "2026-01-02|'2026-01-02'",
        "!!str 5|'5'",
        "12:30|'12:30'",
        "1Gi|'1Gi'",
        "100m|'100m'",
        "+1|1",
        "0|0",
        "18446744073709551615|18446744073709551615",
        "-0x10|-16",
        "{a: }|{'a':null}",
        "{1: a, true: b}|{'1':'a','true':'b'}",
      })
  void wordsMeanWhatTheyMeanToKubectl(String yaml, String json) {
    assertThat(toJson(yaml)).isEqualTo(json);
  }

  @Test
  void streamsHoldSeveralDocuments() {
    List<YamlDocument> documents =
        YamlCodec.documents("# nothing\n---\nkind: A\napiVersion: v1\n---\n\n---\nkind: B\n...\n");
    assertThat(documents).hasSize(2);
    assertThat(documents.get(0).peek()).isEqualTo(new TypeMeta("v1", "A"));
    assertThat(documents.get(1).peek()).isEqualTo(new TypeMeta("", "B"));
    assertThat(documents.get(1).line()).isEqualTo(8);
  }

  @Test
  void aliasesAndMergesWork() {
    assertThat(toJson("a: &x {b: 1, c: 2}\nd: *x\ne: {<<: *x, b: 3}\nf: {<<: [{b: 4}, *x]}\n"))
        .isEqualTo("{'a':{'b':1,'c':2},'d':{'b':1,'c':2},'e':{'b':3,'c':2},'f':{'b':4,'c':2}}");
  }

  @Test
  void bombsAreDefused() {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x,x,x,x,x,x,x,x,x]\n");
    for (int i = 1; i < 9; i++) {
      bomb.append("a%d: &a%d [%s]\n".formatted(i, i, "*a%d,".formatted(i - 1).repeat(5) + "x"));
    }
    assertThatThrownBy(() -> YamlCodec.documents(bomb.toString()))
        .isInstanceOfSatisfying(
            DecodeException.class, e -> assertThat(e.reason()).isEqualTo(Reason.LIMIT));
    assertThatThrownBy(() -> YamlCodec.documents("[".repeat(2000)))
        .isInstanceOfSatisfying(
            DecodeException.class, e -> assertThat(e.reason()).isEqualTo(Reason.LIMIT));
  }

  @Test
  void errorsTellTheLine() {
    assertThatThrownBy(() -> YamlCodec.documents("a: 1\nb: [\nc: }\n"))
        .isInstanceOf(DecodeException.class)
        .hasMessageStartingWith("error converting YAML to JSON: yaml: line 3: ");
    assertThatThrownBy(() -> YamlCodec.documents("a: *b"))
        .hasMessage("error converting YAML to JSON: yaml: line 1: unknown anchor 'b' referenced");
    byte[] wrong = "spec:\n  image: i\n  replicas: x\n".getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(() -> YamlCodec.decode(wrong, Widget.TYPE, DecodeOptions.STRICT))
        .hasMessage(
            "json: cannot unmarshal string into Go struct field WidgetSpec.spec.replicas of type"
                + " int32 (line 3)");
  }

  @Test
  void duplicatesAreTold() {
    byte[] yaml = "spec: {image: a, image: b}".getBytes(StandardCharsets.UTF_8);
    Decoded<?> decoded = YamlCodec.decode(yaml, Widget.TYPE, DecodeOptions.WARN);
    assertThat(decoded.warnings()).containsExactly("duplicate field \"spec.image\"");
    assertThat(json((dev.tiphys.api.schema.Struct) decoded.value()))
        .isEqualTo("{'spec':{'image':'b'}}");
  }

  @Test
  void printsAsKubectlDoes() {
    String text =
        """
        {'metadata':{'name':'a','creationTimestamp':'2026-01-02T03:04:05Z','labels':{'b':'true',\
        'a10':'','a2':'1','x':'- y','z':'c: d'},'annotations':{'s':'one\\ntwo\\n','t':'x\\ny'}},\
        'spec':{'port':80,'strategy':{},'containers':[{'name':'c','args':['-v','*']}],'tags':['t']}}\
        """;
    assertThat(YamlCodec.encode(Widget.widget(text)))
        .isEqualTo(
            """
            apiVersion: example.io/v1
            kind: Widget
            metadata:
              annotations:
                s: |
                  one
                  two
                t: |-
                  x
                  y
              creationTimestamp: "2026-01-02T03:04:05Z"
              labels:
                a2: "1"
                a10: ""
                b: "true"
                x: '- y'
                z: 'c: d'
              name: a
            spec:
              containers:
              - args:
                - -v
                - '*'
                name: c
              port: 80
              strategy: {}
              tags:
              - t
            """);
  }

  /** Texts, and what kubectl 1.32 prints for each. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "~~|\"\"",
        "yes|\"yes\"",
        "Y|\"Y\"",
        "0o17|\"0o17\"",
        "1:30|\"1:30\"",
        "1:30:5|\"1:30:5\"",
        "2026-01-02|\"2026-01-02\"",
        "1_0|\"1_0\"",
        "1_000.5|\"1_000.5\"",
        "08|\"08\"",
        ".5|\".5\"",
        "1.|\"1.\"",
        "1e3|\"1e3\"",
        "0x1F|\"0x1F\"",
        "0b11|\"0b11\"",
        "+.inf|\"+.inf\"",
        "null|\"null\"",
        "=|=",
        "~ x~|' x'",
        "~x ~|'x '",
        "a: b|'a: b'",
        "a #b|'a #b'",
        "-|'-'",
        "- a|'- a'",
        "{a|'{a'",
        "a,b|a,b",
        "&a|'&a'",
        "@a|'@a'",
        "!a|'!a'",
        "%a|'%a'",
        "?a|?a",
        ":a|:a",
        "a:|'a:'",
        "--- a|'--- a'",
        "'a|'''a'",
        "a'b|a'b",
        "\\a|\\a",
      })
  void quotesAsKubectlDoes(String text, String printed) {
    assertThat(YamlCodec.encode(new JsonTree.Text(text))).isEqualTo(printed + "\n");
  }

  @Test
  void quotesWhatCannotBePrintedAsKubectlDoes() {
    assertThat(YamlCodec.encode(new JsonTree.Text("a\tb"))).isEqualTo("\"a\\tb\"\n");
    assertThat(YamlCodec.encode(new JsonTree.Text("é\u200b\u0007"))).isEqualTo("\"é\u200b\\a\"\n");
    assertThat(YamlCodec.encode(new JsonTree.Text("😀"))).isEqualTo("\"\\U0001F600\"\n");
    assertThat(YamlCodec.encode(new JsonTree.Text("a \nb"))).isEqualTo("\"a \\nb\"\n");
    assertThat(YamlCodec.encode(new JsonTree.Text("a\n\n"))).isEqualTo("|+\n  a\n\n");
    assertThat(YamlCodec.encode(new JsonTree.Text("\na"))).isEqualTo("|2-\n\n  a\n");
    assertThatThrownBy(() -> YamlCodec.documents("a: .nan"))
        .hasMessage("error converting YAML to JSON: json: unsupported value: NaN");
  }

  @Property
  void whatIsPrintedReadsBack(@ForAll("trees") JsonTree tree) {
    assertThat(YamlCodec.documents("x: 1\n---\n" + YamlCodec.encode(tree)).get(1).tree())
        .isEqualTo(tree);
  }

  @Provide
  Arbitrary<JsonTree> trees() {
    Arbitrary<String> texts =
        Arbitraries.oneOf(
            Arbitraries.strings().withChars("a1 -:#'\"\n\\{}[],&*!|>%@`?=<.~\t").ofMaxLength(8),
            Arbitraries.of("true", "no", "null", "1e3", "0x1", "2026-01-02", "", "~", "<<", "y"),
            Arbitraries.strings().ofMaxLength(4).map(YamlCodecTest::wellFormed));
    Arbitrary<JsonTree> leaves =
        Arbitraries.oneOf(
            texts.map(JsonTree.Text::new),
            Arbitraries.integers().map(i -> new JsonTree.Num(i.toString())),
            Arbitraries.of(true, false).map(JsonTree.Bool::new));
    return node(node(node(leaves, texts), texts), texts)
        .filter(tree -> !(tree instanceof JsonTree.Null));
  }

  private static String wellFormed(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8)
        .replaceAll("[\\x{0}-\\x{8}\\x{b}-\\x{1f}\\x{7f}-\\x{9f}\\x{fffe}\\x{ffff}\\x{feff}]", "");
  }

  private static Arbitrary<JsonTree> node(Arbitrary<JsonTree> child, Arbitrary<String> keys) {
    Arbitrary<Map<String, JsonTree>> maps =
        Arbitraries.maps(keys.filter(key -> !key.isEmpty()), child).ofMaxSize(3);
    return Arbitraries.oneOf(
        child, child.list().ofMaxSize(3).map(JsonTree.Arr::new), maps.map(JsonTree.Obj::new));
  }
}
