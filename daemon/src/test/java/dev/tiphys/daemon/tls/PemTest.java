package dev.tiphys.daemon.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.Test;

class PemTest {

  private static final int PKCS8_HEADER_OF_RSA_2048 = 26;

  @Test
  void readsPkcs8() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    KeyPair pair = generator.generateKeyPair();

    assertThat(Pem.privateKey(pem("PRIVATE KEY", pair.getPrivate().getEncoded())))
        .isEqualTo(pair.getPrivate());
    assertThat(Pem.publicKeys(pem("PUBLIC KEY", pair.getPublic().getEncoded())))
        .containsExactly(pair.getPublic());
  }

  @Test
  void readsPkcs1() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    KeyPair pair = generator.generateKeyPair();
    byte[] pkcs8 = pair.getPrivate().getEncoded();

    byte[] pkcs1 = Arrays.copyOfRange(pkcs8, PKCS8_HEADER_OF_RSA_2048, pkcs8.length);

    assertThat(Pem.privateKey(pem("RSA PRIVATE KEY", pkcs1))).isEqualTo(pair.getPrivate());
  }

  @Test
  void readsSec1WithTheParametersBeforeIt() throws Exception {
    // openssl ecparam -name prime256v1 -genkey; the key of this test and of nothing else
    String key =
        """
        -----BEGIN EC PARAMETERS-----
        BggqhkjOPQMBBw==
        -----END EC PARAMETERS-----
        -----BEGIN EC PRIVATE KEY-----
        MHcCAQEEIPKfduvhAQo+ALZl0yzCF77gmA9ZvLG8ln5okyRoBSUvoAoGCCqGSM49
        AwEHoUQDQgAEmecxNX9KFAKvnhsDlwFA1fNMhHHHViChhVauwHINAZFsT3FVUT8A
        Bf/4DUWRLufpapLeZx8elrCpiEnkjKE0vA==
        -----END EC PRIVATE KEY-----
        """;
    assertThat(Pem.privateKey(key).getAlgorithm()).isEqualTo("EC");
  }

  @Test
  void saysWhatIsMissing() {
    assertThatThrownBy(() -> Pem.privateKey("nothing here"))
        .isInstanceOf(GeneralSecurityException.class)
        .hasMessage("no PEM block with a private key found");
    assertThatThrownBy(() -> Pem.certificates("-----BEGIN CERTIFICATE-----\nAAAA"))
        .isInstanceOf(GeneralSecurityException.class)
        .hasMessage("the PEM block \"CERTIFICATE\" has no end");
  }

  private static String pem(String label, byte[] der) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(label, Base64.getMimeEncoder().encodeToString(der), label);
  }
}
