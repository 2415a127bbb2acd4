package dev.tiphys.daemon.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which names a certificate has, and for which hosts it is good. */
class CertificateNamesTest {
  @TempDir private Path directory = Path.of("");

  @Test
  void alternativeNamesDecideForWhichHostsItIsGood() throws Exception {
    var certificate =
        certificate("common", "dns:a.example.com,dns:*.b.example.com,ip:127.0.0.1,ip:::1");
    for (var host :
        List.of(
            "a.example.com",
            "A.Example.com.",
            "x.b.example.com",
            "127.0.0.1",
            "::1",
            "[::1]",
            "0:0:0:0:0:0:0:1")) {
      assertThat(allows(certificate, List.of(), List.of("other.example.com", host)))
          .as(host)
          .isTrue();
    }
    for (var host :
        List.of(
            "common",
            "b.example.com",
            "x.y.b.example.com",
            "example.com",
            "127.0.0.2",
            "::2",
            "xa.example.com",
            ".b.example.com",
            "*.example.com")) {
      assertThat(allows(certificate, List.of(), List.of(host))).as(host).isFalse();
    }
  }

  @Test
  void aCertificateWithoutAlternativeNamesIsGoodForNoHost() throws Exception {
    assertThat(allows(certificate("host.example.com", ""), List.of(), List.of("host.example.com")))
        .isFalse();
  }

  @Test
  void commonNamesAreTakenLetterForLetter() throws Exception {
    var certificate = certificate("one", "dns:two");
    assertThat(allows(certificate, List.of("two", "one"), List.of())).isTrue();
    assertThat(allows(certificate, List.of("two"), List.of())).isFalse();
    assertThat(allows(certificate, List.of("One"), List.of())).isFalse();
  }

  @Test
  void anEmptyNameIsNone() throws Exception {
    assertThat(new CertificateNames(List.of(""), List.of(" ")).isAny()).isTrue();
    assertThat(allows(certificate("one", "dns:two"), List.of(""), List.of(""))).isTrue();
  }

  private static boolean allows(
      X509Certificate certificate, List<String> commonNames, List<String> hosts) {
    try {
      new CertificateNames(commonNames, hosts).check(certificate);
      return true;
    } catch (CertificateException e) {
      return false;
    }
  }

  private X509Certificate certificate(String commonName, String names) throws Exception {
    return TestKeys.certificate(directory, commonName, names);
  }
}
