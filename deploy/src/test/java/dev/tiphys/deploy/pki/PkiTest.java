package dev.tiphys.deploy.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.deploy.layout.Cidr;
import dev.tiphys.deploy.layout.ClusterSettings;
import dev.tiphys.deploy.layout.DataDir;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.SignatureException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PkiTest {
  private static final Instant NOW = Instant.parse("2026-03-01T00:00:00Z");
  private static final ClusterSettings SETTINGS =
      new ClusterSettings(
          Cidr.parse("10.244.0.0/16"), Cidr.parse("10.96.0.0/12"), 6443, "n1", null, 3);

  @TempDir private Path root = Path.of("");
  private DataDir directory = new DataDir(Path.of(""));

  @BeforeEach
  void makeCertificates() throws Exception {
    directory = new DataDir(root);
    ensureAt(NOW, "192.0.2.2");
  }

  private List<String> ensureAt(Instant now, String address) throws Exception {
    return new Pki(directory, () -> now, new SecureRandom()).ensure(SETTINGS, address);
  }

  private X509Certificate certificate(String name) throws Exception {
    return Pem.readCertificate(directory.pki().resolve(name + ".crt"));
  }

  @Test
  void secondRunChangesNothing() throws Exception {
    assertThat(ensureAt(NOW.plus(Duration.ofDays(1)), "192.0.2.2")).isEmpty();
  }

  @Test
  void usersAndGroupsAreThoseThatUpstreamsRulesName() throws Exception {
    assertThat(certificate("kubelet").getSubjectX500Principal().getName())
        .contains("CN=system:node:n1")
        .contains("O=system:nodes");
    assertThat(certificate("admin").getSubjectX500Principal().getName())
        .contains("O=system:masters");
    assertThat(certificate("scheduler").getSubjectX500Principal().getName())
        .isEqualTo("CN=system:kube-scheduler");
    assertThat(certificate("controller-manager").getSubjectX500Principal().getName())
        .isEqualTo("CN=system:kube-controller-manager");
    assertThat(certificate("kube-proxy").getSubjectX500Principal().getName())
        .contains("CN=system:kube-proxy");
  }

  @Test
  void apiServerIsValidForEveryNameItGoesBy() throws Exception {
    assertThat(certificate("apiserver").getSubjectAlternativeNames())
        .extracting(name -> name.get(1))
        .asList()
        .contains(
            "kubernetes.default.svc", "10.96.0.1", "127.0.0.1", "192.0.2.2", "localhost", "n1");
  }

  @Test
  void nodeCertificatesDoNotOpenTheStore() throws Exception {
    X509Certificate storeAuthority = certificate("store/ca");
    certificate("store/apiserver-client").verify(storeAuthority.getPublicKey());
    X509Certificate kubelet = certificate("kubelet");
    assertThatThrownBy(() -> kubelet.verify(storeAuthority.getPublicKey()))
        .isInstanceOf(SignatureException.class);
  }

  @Test
  void certificatesAreRenewedBeforeTheyExpire() throws Exception {
    Instant later =
        NOW.plus(PkiLimits.CERTIFICATE_LIFE).minus(PkiLimits.RENEW_BEFORE).plusSeconds(60);
    assertThat(ensureAt(later, "192.0.2.2"))
        .contains("apiserver", "admin", "kubelet", "store/server");
    assertThat(certificate("apiserver").getNotAfter().toInstant())
        .isAfter(later.plus(Duration.ofDays(300)));
    certificate("apiserver").verify(certificate("ca").getPublicKey());
  }

  @Test
  void newAddressOfTheMachineRenewsServingCertificatesOnly() throws Exception {
    assertThat(ensureAt(NOW, "192.0.2.77"))
        .containsExactlyInAnyOrder(
            "apiserver",
            "scheduler-server",
            "controller-manager-server",
            "kubelet-server",
            "store/server",
            "store/peer");
  }

  @Test
  void brokenFileIsReplaced() throws Exception {
    Files.writeString(directory.pki().resolve("admin.crt"), "not a certificate");
    assertThat(ensureAt(NOW, "192.0.2.2")).containsExactly("admin");
  }

  @Test
  void secretsAreTheOwnersAlone() throws Exception {
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file :
          files
              .filter(f -> f.toString().endsWith(".key") || f.toString().endsWith(".conf"))
              .toList()) {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
            .as("%s", file)
            .isEqualTo("rw-------");
      }
    }
  }

  @Test
  void keyFitsItsCertificate() throws Exception {
    byte[] message = {1, 2, 3};
    Signature signer = Signature.getInstance("SHA256withRSA");
    signer.initSign(Pem.readKey(directory.pki().resolve("admin.key"), "RSA"));
    signer.update(message);
    Signature verifier = Signature.getInstance("SHA256withRSA");
    verifier.initVerify(certificate("admin"));
    verifier.update(message);
    assertThat(verifier.verify(signer.sign())).isTrue();
  }

  @Test
  void adminKubeconfigCarriesEverythingWithin() throws Exception {
    assertThat(Files.readString(directory.adminConf()))
        .contains(
            "server: https://127.0.0.1:6443", "certificate-authority-data: ", "client-key-data: ")
        .doesNotContain(root.toString());
  }
}
