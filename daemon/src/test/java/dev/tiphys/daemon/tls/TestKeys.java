package dev.tiphys.daemon.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

/** Certificates that signed themselves. */
final class TestKeys {
  private static final String PASSWORD = "changeit";

  private TestKeys() {}

  /**
   * Makes one.
   *
   * @param names alternative names as keytool takes them; "": none
   */
  static X509Certificate certificate(Path directory, String commonName, String names)
      throws Exception {
    var store = directory.resolve(commonName + ".p12");
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "it",
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + commonName + ",O=test",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                PASSWORD));
    if (!names.isEmpty()) {
      command.addAll(List.of("-ext", "san=" + names));
    }
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    var keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
    return (X509Certificate) keys.getCertificate("it");
  }
}
