package dev.tiphys.daemon.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Principal;
import java.security.interfaces.ECPrivateKey;
import java.util.Objects;
import javax.security.auth.x500.X500Principal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnCertificateTest {

  // Signed by CN=authority; the key of this test and of nothing else.
  private static final String CERTIFICATE =
      """
      -----BEGIN CERTIFICATE-----
      MIIBITCByAIUA2+jG8nRb4L0WMsPN67YzVwx6FEwCgYIKoZIzj0EAwIwFDESMBAG
      A1UEAwwJYXV0aG9yaXR5MCAXDTI2MTEyMTE0MjkxMloYDzIxMjYxMDI4MTQyOTEy
      WjARMQ8wDQYDVQQDDAZkYWVtb24wWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQ4
      oisWbzp7ZbXv0lMNsqs46u4v8KW85QybMwOjbg2uw8NF3aF7GQq9rlHHKt9ZhzMi
      T5Z+6zQk97BBg/AoNq7rMAoGCCqGSM49BAMCA0gAMEUCIFItwF0CpYsRn/52ztnU
      Fe4qzBepnhzW+KEXVAUd9dqzAiEA9yy+licIoM4IhIZN1jUmhVyeaH9Bc+P6xeh5
      4L7LT90=
      -----END CERTIFICATE-----
      """;
  private static final String KEY =
      """
      -----BEGIN PRIVATE KEY-----
      MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgJ6jhVE0ZrvFGXNsk
      MdC16JdnWI9Fw8JKz77IG170WRmhRANCAAQ4oisWbzp7ZbXv0lMNsqs46u4v8KW8
      5QybMwOjbg2uw8NF3aF7GQq9rlHHKt9ZhzMiT5Z+6zQk97BBg/AoNq7r
      -----END PRIVATE KEY-----
      """;

  @TempDir Path directory;

  @Test
  void showsItselfWithItsKeyWhereItsKindOfKeyIsAskedFor() throws Exception {
    OwnCertificate own = own();

    String alias = Objects.requireNonNull(own.chooseEngineServerAlias("EC", null, null));

    assertThat(own.getCertificateChain(alias))
        .singleElement()
        .satisfies(shown -> assertThat(shown.getSubjectX500Principal()).hasToString("CN=daemon"));
    assertThat(own.getPrivateKey(alias)).isInstanceOf(ECPrivateKey.class);
    assertThat(own.chooseEngineServerAlias("RSA", null, null)).isNull();
  }

  @Test
  void asAClientShowsNothingToThoseWhoTrustOthers() throws Exception {
    OwnCertificate own = own();
    String[] kinds = {"RSA", "EC"};
    Principal authority = new X500Principal("CN=authority");
    Principal other = new X500Principal("CN=other");

    assertThat(own.chooseEngineClientAlias(kinds, new Principal[] {other, authority}, null))
        .isNotNull();
    assertThat(own.chooseEngineClientAlias(kinds, new Principal[] {}, null)).isNotNull();
    assertThat(own.chooseEngineClientAlias(kinds, new Principal[] {other}, null)).isNull();
  }

  private OwnCertificate own() throws Exception {
    return OwnCertificate.read(
        Files.writeString(directory.resolve("certificate.pem"), CERTIFICATE),
        Files.writeString(directory.resolve("key.pem"), KEY));
  }
}
