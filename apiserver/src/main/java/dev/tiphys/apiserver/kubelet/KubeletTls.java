package dev.tiphys.apiserver.kubelet;

import dev.tiphys.api.value.Bytes;
import dev.tiphys.apiserver.outbound.Trust;
import dev.tiphys.daemon.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import javax.net.ssl.SSLContext;

/** Makes the TLS by which we know kubelets and they know us. */
final class KubeletTls {

  private KubeletTls() {}

  /**
   * Reads the files. Without a CA kubelets are not verified, as upstream documents; operators
   * should give one.
   *
   * @throws ConfigException if one cannot be read or they do not fit together
   */
  static SSLContext of(KubeletConfig config) {
    try {
      Trust trust = new Trust(config.clientCertificate(), config.clientKey());
      Path authority = config.certificateAuthority();
      return authority == null
          ? trust.ofAnybody()
          : trust.of(Bytes.copyOf(Files.readAllBytes(authority)));
    } catch (GeneralSecurityException | IOException e) {
      throw new ConfigException(
          "--kubelet-client-certificate, --kubelet-client-key or --kubelet-certificate-authority: "
              + e.getMessage(),
          e);
    }
  }
}
