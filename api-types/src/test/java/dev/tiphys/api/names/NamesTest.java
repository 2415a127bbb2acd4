package dev.tiphys.api.names;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class NamesTest {

  @Test
  void labelsTellTheirRule() {
    assertThat(DnsNames.label("web-1")).isEmpty();
    assertThat(DnsNames.label("a.b")).containsExactly("must not contain dots");
    assertThat(DnsNames.label("Web_1"))
        .containsExactly(
            "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-',"
                + " and must start and end with an alphanumeric character (e.g. 'my-name',  or"
                + " '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')");
    assertThat(DnsNames.label("a".repeat(64))).containsExactly("must be no more than 63 bytes");
  }

  @Test
  void subdomainsTellTheirRule() {
    assertThat(DnsNames.subdomain("a.b-c.d0")).isEmpty();
    assertThat(DnsNames.subdomain("Foo"))
        .containsExactly(
            "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-'"
                + " or '.', and must start and end with an alphanumeric character (e.g."
                + " 'example.com', regex used for validation is"
                + " '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')");
    assertThat(DnsNames.subdomain("a..b")).hasSize(1);
    assertThat(DnsNames.subdomain("")).hasSize(1);
    assertThat(DnsNames.wildcardSubdomain("*.a.b")).isEmpty();
    assertThat(DnsNames.wildcardSubdomain("*")).hasSize(1);
  }

  @Test
  void servicesStartWithALetter() {
    assertThat(DnsNames.rfc1035Label("web")).isEmpty();
    assertThat(DnsNames.rfc1035Label("1web")).hasSize(1);
    assertThat(DnsNames.rfc1035Label("")).hasSize(1);
  }

  @Test
  void generatedNamesMayEndInADash() {
    assertThat(DnsNames.subdomain(DnsNames.maskTrailingDash("web-"))).isEmpty();
    assertThat(DnsNames.subdomain(DnsNames.maskTrailingDash("-"))).isNotEmpty();
  }

  @Test
  void labelKeysHaveAnOptionalPrefix() {
    assertThat(LabelNames.key("app.kubernetes.io/name")).isEmpty();
    assertThat(LabelNames.key("A_b.c-d")).isEmpty();
    assertThat(LabelNames.key("/x")).containsExactly("prefix part must be non-empty");
    assertThat(LabelNames.key("a/b/c").getFirst()).startsWith("a valid label key must consist of");
    assertThat(LabelNames.key("a/")).hasSize(2).first().isEqualTo("name part must be non-empty");
    assertThat(LabelNames.key("a/" + "b".repeat(64)))
        .containsExactly("name part must be no more than 63 bytes");
    assertThat(LabelNames.key("Bad_/x").getFirst())
        .startsWith("prefix part a lowercase RFC 1123 subdomain");
  }

  @Test
  void labelValuesMayBeEmpty() {
    assertThat(LabelNames.value("")).isEmpty();
    assertThat(LabelNames.value("a b")).hasSize(1);
    assertThat(LabelNames.value("é".repeat(40))).hasSize(2);
  }

  @Test
  void namesInsideObjects() {
    assertThat(FieldNames.portName("http-1")).isEmpty();
    assertThat(FieldNames.portName("-8--0-")).hasSize(3);
    assertThat(FieldNames.portName("")).hasSize(2);
    assertThat(FieldNames.portNumber(0)).containsExactly("must be between 1 and 65535, inclusive");
    assertThat(FieldNames.envVarName("A=B")).hasSize(1);
    assertThat(FieldNames.envVarName("my.env")).isEmpty();
    assertThat(FieldNames.configKey("a.txt")).isEmpty();
    assertThat(FieldNames.configKey("..a")).containsExactly("must not start with '..'");
    assertThat(FieldNames.configKey("")).hasSize(1);
    assertThat(FieldNames.httpHeaderName("X-A")).isEmpty();
    assertThat(FieldNames.httpHeaderName("X A")).hasSize(1);
    assertThat(FieldNames.percent("25%")).isEmpty();
    assertThat(FieldNames.percent("%")).hasSize(1);
  }

  @Property
  void agreesWithThePatternInItsMessage(
      @ForAll
          @StringLength(max = 8)
          @Chars({'-', '.', '_', '/', 'A'})
          @CharRange(from = 'a', to = 'b')
          String text) {
    String label = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
    assertThat(DnsNames.label(text).isEmpty()).isEqualTo(Pattern.matches(label, text));
    assertThat(DnsNames.subdomain(text).isEmpty())
        .isEqualTo(Pattern.matches(label + "(\\." + label + ")*", text));
    assertThat(LabelNames.value(text).isEmpty())
        .isEqualTo(Pattern.matches("(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?", text));
  }
}
