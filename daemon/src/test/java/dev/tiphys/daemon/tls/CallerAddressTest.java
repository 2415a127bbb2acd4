package dev.tiphys.daemon.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** From where a member may call, by what its certificate says and what names are known. */
class CallerAddressTest {
  private static final Map<String, String> FORWARD =
      Map.of(
          "a.example.com", "192.0.2.1", "b.example.com", "2001:db8::2", "pool.test", "192.0.2.3");
  private static final Map<String, String> REVERSE =
      Map.of("192.0.2.4", "x.pool.test.", "192.0.2.5", "a.example.com");

  @TempDir private Path directory = Path.of("");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ip:192.0.2.9|192.0.2.9|true",
        "ip:192.0.2.9|192.0.2.1|false",
        "ip:192.0.2.9,dns:a.example.com|192.0.2.1|true",
        "ip:2001:db8::9|2001:db8:0:0:0:0:0:9|true",
        "dns:a.example.com|192.0.2.1|true",
        "dns:a.example.com|192.0.2.2|false",
        "dns:gone.example.com,dns:b.example.com|2001:db8::2|true",
        "dns:gone.example.com|192.0.2.1|false",
        "dns:*.pool.test|192.0.2.3|true",
        "dns:*.pool.test|192.0.2.4|true",
        "dns:*.pool.test|192.0.2.5|false",
        "dns:a.example.com|192.0.2.5|true",
        "email:nobody@example.com|192.0.2.5|true"
      })
  void theCertificateSaysFromWhere(String names, String caller, boolean allowed) throws Exception {
    var certificate = TestKeys.certificate(directory, "member", names);
    var callers = CallerAddress.by(new Known());
    if (allowed) {
      callers.check(certificate, caller);
    } else {
      assertThatThrownBy(() -> callers.check(certificate, caller))
          .isInstanceOf(CertificateException.class)
          .hasMessageContaining("but the caller has the address " + caller);
    }
    CallerAddress.ANY.check(certificate, caller);
  }

  @Test
  void whoseAddressIsNotKnownIsRefused() throws Exception {
    var certificate = TestKeys.certificate(directory, "member", "ip:192.0.2.9");
    assertThatThrownBy(() -> CallerAddress.AS_CERTIFIED.check(certificate, null))
        .isInstanceOf(CertificateException.class);
  }

  @Test
  void theMachineKnowsItself() throws Exception {
    assertThat(CallerAddress.Lookup.DNS.addresses("localhost"))
        .contains(InetAddress.ofLiteral("127.0.0.1"));
    CallerAddress.AS_CERTIFIED.check(
        TestKeys.certificate(directory, "member", "dns:localhost"), "127.0.0.1");
  }

  private record Known() implements CallerAddress.Lookup {
    @Override
    public List<InetAddress> addresses(String host) throws UnknownHostException {
      if (!FORWARD.containsKey(host)) {
        throw new UnknownHostException(host);
      }
      return List.of(InetAddress.ofLiteral(FORWARD.get(host)));
    }

    @Override
    public String name(InetAddress address) {
      var text = address.getHostAddress();
      return REVERSE.getOrDefault(text, text);
    }
  }
}
