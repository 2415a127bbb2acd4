package dev.tiphys.client.kubeconfig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@NullUnmarked
class KubeconfigTest {

  @TempDir Path dir;

  private Path file(String text) throws IOException {
    return Files.writeString(dir.resolve("config"), text);
  }

  private static final String TWO_CONTEXTS =
      """
      apiVersion: v1
      kind: Config
      current-context: one
      clusters:
      - name: here
        cluster: {server: "https://127.0.0.1:6443/"}
      users:
      - name: robot
        user: {token: secret}
      - name: filed
        user: {tokenFile: the-token}
      contexts:
      - name: one
        context: {cluster: here, user: robot, namespace: team}
      - name: two
        context: {cluster: here, user: filed}
      """;

  @Test
  void theCurrentContextIsUsedUnlessAnotherIsNamed() throws IOException {
    Kubeconfig config = Kubeconfig.read(file(TWO_CONTEXTS));

    assertThat(config.access(null).server()).hasToString("https://127.0.0.1:6443");
    assertThat(config.access(null).token().read()).isEqualTo("secret");
    assertThat(config.access(null).namespace()).isEqualTo("team");
    assertThat(config.access("two").namespace()).isEqualTo("default");
  }

  @Test
  void aTokenFileIsReadAnewEachTimeAndLiesBesideTheConfig() throws IOException {
    ClusterAccess access = Kubeconfig.read(file(TWO_CONTEXTS)).access("two");

    Files.writeString(dir.resolve("the-token"), "first\n");
    assertThat(access.token().read()).isEqualTo("first");
    Files.writeString(dir.resolve("the-token"), "second\n");
    assertThat(access.token().read()).isEqualTo("second");
  }

  @Test
  void noSecretIsInItsText() throws IOException {
    assertThat(Kubeconfig.read(file(TWO_CONTEXTS)).access(null).toString())
        .doesNotContain("secret");
  }

  @Test
  void errorsNameTheFileAndTheField() throws IOException {
    Path broken = file(TWO_CONTEXTS.replace("{token: secret}", "{client-certificate-data: '%%%'}"));
    assertThatThrownBy(() -> Kubeconfig.read(broken).access("one"))
        .isInstanceOf(KubeconfigException.class)
        .hasMessageContaining(broken + ": users[robot].user.client-");
    Path exec = file(TWO_CONTEXTS.replace("{token: secret}", "{exec: {command: aws}}"));
    assertThatThrownBy(() -> Kubeconfig.read(exec).access(null))
        .hasMessageContaining("users[robot].user.exec: exec credential plugins are not supported");
    assertThatThrownBy(() -> Kubeconfig.read(exec).access("three"))
        .hasMessageContaining("contexts has no entry named three");
    Path yaml = file("{");
    assertThatThrownBy(() -> Kubeconfig.read(yaml)).hasMessageContaining("is not YAML");
    assertThatThrownBy(() -> Kubeconfig.read(dir.resolve("missing")))
        .hasMessageContaining("cannot be read");
  }

  @Test
  void keysInAllThreeFormsAreRead() throws GeneralSecurityException {
    KeyPairGenerator rsa = KeyPairGenerator.getInstance("RSA");
    rsa.initialize(2048);
    PrivateKey key = rsa.generateKeyPair().getPrivate();
    byte[] pkcs1 = inner(key.getEncoded());
    assertThat(Pem.privateKey(pem("PRIVATE KEY", key.getEncoded()))).isEqualTo(key);
    assertThat(Pem.privateKey(pem("RSA PRIVATE KEY", pkcs1))).isEqualTo(key);

    assertThat(
            Pem.privateKey(EC_SEC1.getBytes(java.nio.charset.StandardCharsets.UTF_8))
                .getAlgorithm())
        .isEqualTo("EC");
    KeyPairGenerator ec = KeyPairGenerator.getInstance("EC");
    ec.initialize(new ECGenParameterSpec("secp256r1"));
    PrivateKey curve = ec.generateKeyPair().getPrivate();
    assertThat(Pem.privateKey(pem("PRIVATE KEY", curve.getEncoded()))).isEqualTo(curve);
    assertThatThrownBy(() -> Pem.privateKey(new byte[0])).hasMessageContaining("no private key");
  }

  /** The octets within the last field of a PKCS #8 structure of more than 255 bytes. */
  private static byte[] inner(byte[] pkcs8) {
    int start = 4 + 3 + 15 + 4;
    return java.util.Arrays.copyOfRange(pkcs8, start, pkcs8.length);
  }

  private static byte[] pem(String label, byte[] der) {
    String text = Base64.getMimeEncoder().encodeToString(der);
    return ("-----BEGIN " + label + "-----\n" + text + "\n-----END " + label + "-----\n")
        .getBytes(java.nio.charset.StandardCharsets.US_ASCII);
  }

  /** A throw-away key, preceded by its parameters as OpenSSL writes them. */
  private static final String EC_SEC1 =
      """
      -----BEGIN EC PARAMETERS-----
      BggqhkjOPQMBBw==
      -----END EC PARAMETERS-----
      -----BEGIN EC PRIVATE KEY-----
      MHcCAQEEIFLDNxgfcYv41dNfIqq6LJiPnDaorszMYNxRZ95dCQ3joAoGCCqGSM49
      AwEHoUQDQgAEHg1DXdfSE9UP5g+Iux48keFYzftOWHHTXkdZAAjUEB3E7KHrkkUY
      FWRe2RDOibC0noGc9gv/Ka+yWkgFwJ1AGQ==
      -----END EC PRIVATE KEY-----
      """;
}
