package dev.tiphys.deploy.pki;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;

/** Writes kubeconfigs that carry their certificates and keys within. */
final class Kubeconfig {
  private Kubeconfig() {}

  /**
   * Writes a kubeconfig unless the file says the same already.
   *
   * @param credentials path of the client certificate and key, without suffix
   */
  static void write(Path file, String server, Path authority, String user, Path credentials)
      throws IOException {
    String text =
        """
        apiVersion: v1
        kind: Config
        clusters:
        - name: tiphys
          cluster:
            server: %s
            certificate-authority-data: %s
        users:
        - name: %s
          user:
            client-certificate-data: %s
            client-key-data: %s
        contexts:
        - name: %s@tiphys
          context:
            cluster: tiphys
            user: %s
        current-context: %s@tiphys
        """
            .formatted(
                server,
                base64(authority),
                user,
                base64(Authority.suffixed(credentials, ".crt")),
                base64(Authority.suffixed(credentials, ".key")),
                user,
                user,
                user);
    if (!Files.exists(file) || !Files.readString(file).equals(text)) {
      Pem.writeSecret(file, text);
    }
  }

  private static String base64(Path file) throws IOException {
    return Base64.getEncoder().encodeToString(Files.readAllBytes(file));
  }
}
