package dev.tiphys.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.apiserver.TestApi.Answer;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.Base64;
import javax.security.auth.x500.X500Principal;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What classes, signers and sizes ask of objects when they are admitted. */
final class ClassesTest extends InNamespace {

  @Test
  void anIngressGetsTheDefaultClass() {
    admin.post(
        "/apis/networking.k8s.io/v1/ingressclasses",
        """
        {"metadata":{"name":"usual","annotations":{"ingressclass.kubernetes.io/is-default-class":"true"}},
         "spec":{"controller":"example.com/c"}}
        """);
    String ingresses = "/apis/networking.k8s.io/v1/namespaces/" + namespace + "/ingresses";
    String backend = "\"defaultBackend\":{\"service\":{\"name\":\"s\",\"port\":{\"number\":80}}}";

    Awaitility.await()
        .untilAsserted(() ->
            assertThat(
                    admin
                        .post(
                            ingresses + "?dryRun=All",
                            "{\"metadata\":{\"name\":\"i\"},\"spec\":{" + backend + "}}")
                        .at("spec.ingressClassName"))
                .isEqualTo("usual"));
    admin.delete("/apis/networking.k8s.io/v1/ingressclasses/usual", "");
  }

  @Test
  void aPodOfARuntimeClassHasItsOverheadAndGoesWhereItIs() {
    admin.post(
        "/apis/node.k8s.io/v1/runtimeclasses",
        """
        {"metadata":{"name":"boxed"},"handler":"box","overhead":{"podFixed":{"memory":"64Mi"}},
         "scheduling":{"nodeSelector":{"box":"yes"}}}
        """);
    String spec =
        "\"spec\":{\"runtimeClassName\":\"%s\",\"containers\":[{\"name\":\"c\",\"image\":\"i\"}]}}";
    Answer pod =
        admin.post(core + "/pods", ("{\"metadata\":{\"name\":\"p\"}," + spec).formatted("boxed"));
    assertThat(pod.at("spec.overhead.memory")).as(pod.body()).isEqualTo("64Mi");
    assertThat(pod.at("spec.nodeSelector.box")).isEqualTo("yes");

    Answer refused =
        admin.post(core + "/pods", ("{\"metadata\":{\"name\":\"q\"}," + spec).formatted("none"));
    assertThat(refused.code()).isEqualTo(403);
    assertThat(refused.at("message"))
        .isEqualTo("pods \"q\" is forbidden: pod rejected: RuntimeClass \"none\" not found");
  }

  @Test
  void aClaimThatIsNotBoundDoesNotGrow() {
    String claims = core + "/persistentvolumeclaims";
    admin.post(
        claims,
        """
        {"metadata":{"name":"c"},"spec":{"accessModes":["ReadWriteOnce"],
         "resources":{"requests":{"storage":"1Gi"}}}}
        """);

    Answer refused =
        admin.patch(
            claims + "/c",
            "merge-patch+json",
            "{\"spec\":{\"resources\":{\"requests\":{\"storage\":\"2Gi\"}}}}");

    assertThat(refused.code()).isIn(403, 422);
    assertThat(refused.at("message")).contains("claim");
  }

  private static final String REQUESTS = "/apis/certificates.k8s.io/v1/certificatesigningrequests";

  /** A PKCS#10 request, signed with a key of its own. */
  private static String request(String subject) throws GeneralSecurityException {
    KeyPair keys = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    byte[] info =
        sequence(
            new byte[] {0x02, 0x01, 0x00},
            new X500Principal(subject).getEncoded(),
            keys.getPublic().getEncoded(),
            new byte[] {(byte) 0xa0, 0x00});
    Signature signature = Signature.getInstance("Ed25519");
    signature.initSign(keys.getPrivate());
    signature.update(info);
    byte[] whole =
        sequence(
            info,
            new byte[] {0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70},
            joined(new byte[] {0x03, 0x41, 0x00}, signature.sign()));
    String pem =
        "-----BEGIN CERTIFICATE REQUEST-----\n"
            + Base64.getMimeEncoder().encodeToString(whole)
            + "\n-----END CERTIFICATE REQUEST-----\n";
    return Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.US_ASCII));
  }

  private static byte[] sequence(byte[]... parts) {
    byte[] content = joined(parts);
    return content.length < 128
        ? joined(new byte[] {0x30, (byte) content.length}, content)
        : joined(new byte[] {0x30, (byte) 0x81, (byte) content.length}, content);
  }

  private static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  private Answer ask(String name, String subject) throws GeneralSecurityException {
    return admin.post(
        REQUESTS,
        """
        {"metadata":{"name":"%s"},"spec":{"request":"%s","usages":["client auth"],
         "signerName":"kubernetes.io/kube-apiserver-client"}}
        """
            .formatted(name, request(subject)));
  }

  @Test
  void nobodyAsksForACertificateOfTheMasters() throws GeneralSecurityException {
    Answer refused = ask("masters", "CN=joe,O=system:masters");
    assertThat(refused.code()).as(refused.body()).isEqualTo(403);
    assertThat(refused.at("message")).contains("signer with system:masters group is not allowed");

    assertThat(ask("joes", "CN=joe,O=devs").code()).isEqualTo(201);
  }

  @Test
  void whoApprovesNeedsTheRightToForTheSigner() throws GeneralSecurityException {
    assertThat(ask("approved", "CN=joe").code()).isEqualTo(201);
    String rbac = "/apis/rbac.authorization.k8s.io/v1/";
    String rules =
        "{\"apiGroups\":[\"certificates.k8s.io\"],\"resources\":[\"certificatesigningrequests\",\"certificatesigningrequests/approval\"],\"verbs\":[\"get\",\"update\"]}";
    admin.post(
        rbac + "clusterroles", "{\"metadata\":{\"name\":\"approver\"},\"rules\":[" + rules + "]}");
    admin.post(
        rbac + "clusterrolebindings",
        """
        {"metadata":{"name":"approver"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"approver"},
         "subjects":[{"kind":"User","apiGroup":"rbac.authorization.k8s.io","name":"joe"}]}
        """);
    String body =
        admin
            .get(REQUESTS + "/approved")
            .body()
            .replace(
                "\"status\":{}",
                "\"status\":{\"conditions\":[{\"type\":\"Approved\",\"status\":\"True\",\"reason\":\"x\"}]}");
    TestApi.Client joe = api.as("joe-token");

    Awaitility.await()
        .untilAsserted(() ->
            assertThat(joe.put(REQUESTS + "/approved/approval", body).at("message"))
                .endsWith(
                    "user not permitted to approve requests with signerName"
                        + " \"kubernetes.io/kube-apiserver-client\""));

    admin.patch(
        rbac + "clusterroles/approver",
        "merge-patch+json",
        "{\"rules\":["
            + rules
            + ",{\"apiGroups\":[\"certificates.k8s.io\"],\"resources\":[\"signers\"],\"resourceNames\":[\"kubernetes.io/*\"],\"verbs\":[\"approve\"]}]}");
    Awaitility.await()
        .untilAsserted(
            () -> assertThat(joe.put(REQUESTS + "/approved/approval", body).code()).isEqualTo(200));
  }
}
