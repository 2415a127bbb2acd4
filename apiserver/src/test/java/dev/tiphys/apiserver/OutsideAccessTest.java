package dev.tiphys.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.api.codec.JsonTree.Obj;
import dev.tiphys.apiserver.TestApi.Answer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.awaitility.Awaitility;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * A server whose users and permissions others know: an issuer, a webhook that knows tokens, and one
 * that authorizes, all of them one HTTPS server beside the test.
 */
@NullUnmarked
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OutsideAccessTest {

  private static final String PODS = "/api/v1/namespaces/default/pods";

  private TestApi api;
  private TestHook hook;
  private TestIssuer issuer;
  private Path authentication;
  private Path authorization;

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    authentication = folder.resolve("authentication.yaml");
    authorization = folder.resolve("authorization.yaml");
    issuer = new TestIssuer("ES384", "k");
    api =
        TestApi.start(
            folder,
            options -> {
              try {
                hook = TestHook.start(folder);
                hook.answers(OutsideAccessTest::answer);
                String url = "https://127.0.0.1:" + hook.port();
                hook.serves(exchange ->
                    exchange.getRequestURI().getPath().equals("/keys")
                        ? issuer.keys()
                        : TestIssuer.discovery(url, url + "/keys"));
                Path kubeconfig = folder.resolve("hook.kubeconfig");
                Files.writeString(
                    kubeconfig,
                    """
                    clusters:
                    - {name: hook, cluster: {server: "%s/hook", certificate-authority: ca.crt}}
                    users:
                    - {name: server, user: {client-certificate: client.crt, client-key: client.key}}
                    contexts:
                    - {name: hook, context: {cluster: hook, user: server}}
                    current-context: hook
                    """
                        .formatted(url));
                Files.writeString(authentication, authentication("sub", folder));
                Files.writeString(
                    authorization,
                    """
                    apiVersion: apiserver.config.k8s.io/v1
                    kind: AuthorizationConfiguration
                    authorizers:
                    - {type: RBAC, name: rbac}
                    - type: Webhook
                      name: outside
                      webhook:
                        timeout: 5s
                        authorizedTTL: 1m
                        unauthorizedTTL: 1m
                        subjectAccessReviewVersion: v1
                        matchConditionSubjectAccessReviewVersion: v1
                        failurePolicy: Deny
                        connectionInfo: {type: KubeConfigFile, kubeConfigFile: %s}
                        matchConditions:
                        - expression: request.user.startsWith('out:')
                        - expression: >-
                            !has(request.resourceAttributes)
                            || request.resourceAttributes.namespace == 'default'
                    """
                        .formatted(kubeconfig));
                options.enabledAdmission = List.of("ImagePolicyWebhook");
                options.admissionConfig =
                    Files.writeString(
                        folder.resolve("admission.yaml"),
                        """
                        apiVersion: apiserver.config.k8s.io/v1
                        kind: AdmissionConfiguration
                        plugins:
                        - name: ImagePolicyWebhook
                          configuration: {imagePolicy: {kubeConfigFile: %s}}
                        - name: PodSecurity
                          configuration:
                            apiVersion: pod-security.admission.config.k8s.io/v1
                            kind: PodSecurityConfiguration
                            defaults: {enforce: baseline, enforce-version: v1.30}
                            exemptions: {namespaces: [kube-system]}
                        """
                            .formatted(kubeconfig));
                options.auditPolicy =
                    Files.writeString(
                        folder.resolve("audit.yaml"),
                        """
                        apiVersion: audit.k8s.io/v1
                        kind: Policy
                        rules: [{level: Metadata, nonResourceURLs: ["/audited"]}]
                        """);
                options.auditLog = folder.resolve("audit.log");
                options.audit.logMode = "batch";
                options.audit.logFormat = "legacy";
                options.audit.webhook = kubeconfig;
                options.audit.webhookWait = Duration.ofMillis(10);
                options.authorizationModes = List.of();
                options.authorization.config = authorization;
                options.authentication.config = authentication;
                options.authentication.webhook = kubeconfig;
                options.authentication.webhookVersion = "v1";
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
  }

  private String authentication(String claim, Path folder) {
    try {
      return """
      apiVersion: apiserver.config.k8s.io/v1
      kind: AuthenticationConfiguration
      jwt:
      - issuer:
          url: https://127.0.0.1:%d
          audiences: [cluster]
          certificateAuthority: |
      %s
        claimMappings: {username: {claim: %s, prefix: "out:"}}
      """
          .formatted(
              hook.port(),
              Files.readString(folder.resolve("ca.crt")).strip().indent(6).stripTrailing(),
              claim);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @AfterAll
  void stop() throws Exception {
    api.close();
    hook.close();
  }

  /** Knows one token, and lets users get what bears their name. */
  private static String answer(Obj review) {
    if (TestHook.text(review, "kind").equals("EventList")) {
      return "{}";
    }
    if (TestHook.text(review, "kind").equals("ImageReview")) {
      return review.toJson().contains("evil")
          ? "{\"status\":{\"allowed\":false,\"reason\":\"it is evil\"}}"
          : "{\"status\":{\"allowed\":true}}";
    }
    Obj spec = (Obj) review.get("spec");
    if (TestHook.text(review, "kind").equals("TokenReview")) {
      return TestHook.text(spec, "token").equals("hooked")
          ? "{\"status\":{\"authenticated\":true,\"user\":{\"username\":\"out:hank\",\"groups\":[\"g\"],"
              + "\"extra\":{\"from\":[\"hook\"]}}}}"
          : "{\"status\":{\"authenticated\":false,\"error\":\"never seen\"}}";
    }
    Obj resource = (Obj) spec.get("resourceAttributes");
    String name = TestHook.text(resource, "name");
    return switch (name) {
      case "open" -> "{\"status\":{\"allowed\":true,\"reason\":\"it is open\"}}";
      case "shut" -> "{\"status\":{\"allowed\":false,\"denied\":true,\"reason\":\"it is shut\"}}";
      case "torn" -> "nonsense";
      default -> "{\"status\":{\"allowed\":false,\"reason\":\"no idea\"}}";
    };
  }

  private TestApi.Client jane(String claims) {
    return api.as(
        issuer.token(
            "{\"iss\":\"https://127.0.0.1:%d\",\"aud\":[\"cluster\"],\"exp\":%d,\"sub\":\"jane\"%s}"
                .formatted(hook.port(), Instant.now().plusSeconds(600).getEpochSecond(), claims)));
  }

  private static String who(TestApi.Client client) {
    return client
        .post("/apis/authentication.k8s.io/v1/selfsubjectreviews", "{}")
        .at("status.userInfo.username");
  }

  @Test
  void tokensOfTheIssuerAndOfTheWebhookAreKnown() {
    assertThat(who(jane(""))).isEqualTo("out:jane");
    assertThat(who(api.as("hooked"))).isEqualTo("out:hank");
    assertThat(api.as("unknown").get("/version").code()).isEqualTo(401);
    Answer review =
        api.admin()
            .post(
                "/apis/authentication.k8s.io/v1/tokenreviews", "{\"spec\":{\"token\":\"nobody\"}}");
    assertThat(review.at("status.authenticated")).isNotEqualTo("true");
    assertThat(review.at("status.error")).isEqualTo("never seen");
  }

  @Test
  void theWebhookJudgesWhatItsConditionsLetThroughAndRolesDoNot() {
    TestApi.Client hank = api.as("hooked");
    assertThat(hank.get(PODS + "/open").code()).isEqualTo(404);
    Answer shut = hank.get(PODS + "/shut");
    assertThat(shut.code()).isEqualTo(403);
    assertThat(shut.at("message")).endsWith("in the namespace \"default\": it is shut");
    assertThat(hank.get(PODS + "/torn").code()).isEqualTo(500);
    long asked = hook.asked().size();
    assertThat(hank.get("/api/v1/namespaces/other/pods/open").code()).isEqualTo(403);
    assertThat(hank.get(PODS + "/open").code()).isEqualTo(404);
    assertThat(hook.asked()).as("not again, and not about other namespaces").hasSize((int) asked);
  }

  @Test
  void theWebhookIsToldOfSelectors() {
    api.as("hooked").get(PODS + "?labelSelector=app%20in%20(a,b)&fieldSelector=spec.nodeName%3Dn1");

    assertThat(hook.asked())
        .anySatisfy(review -> {
          assertThat(review.toJson())
              .contains(
                  "\"fieldSelector\":{\"requirements\":[{\"key\":\"spec.nodeName\",\"operator\":\"In\",\"values\":[\"n1\"]}]}")
              .contains(
                  "\"labelSelector\":{\"requirements\":[{\"key\":\"app\",\"operator\":\"In\",\"values\":[\"a\",\"b\"]}]}");
        });
  }

  @Test
  void reviewsAnswerAsTheWebhookDoes() {
    String asked =
        "{\"spec\":{\"user\":\"out:x\",\"resourceAttributes\":{\"verb\":\"get\",\"resource\":\"pods\","
            + "\"namespace\":\"default\",\"name\":\"%s\"}}}";
    String path = "/apis/authorization.k8s.io/v1/subjectaccessreviews";

    Answer open = api.admin().post(path, asked.formatted("open"));
    assertThat(open.at("status.allowed")).isEqualTo("true");
    assertThat(open.at("status.reason")).isEqualTo("it is open");
    assertThat(api.admin().post(path, asked.formatted("shut")).at("status.denied"))
        .isEqualTo("true");
    assertThat(api.admin().post(path, asked.formatted("torn")).at("status.evaluationError"))
        .isNotEmpty();
    Answer rules =
        api.as("hooked")
            .post(
                "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews",
                "{\"spec\":{\"namespace\":\"default\"}}");
    assertThat(rules.at("status.incomplete")).isEqualTo("true");
    assertThat(rules.at("status.evaluationError"))
        .isEqualTo("webhook authorizer does not support user rule resolution");
  }

  /** In one step, or half of it might be read. */
  private void replace(String content) throws IOException {
    Path next = Files.writeString(authentication.resolveSibling("next.yaml"), content);
    Files.move(next, authentication, StandardCopyOption.REPLACE_EXISTING);
  }

  @Test
  void filesAreReadAgainWhenTheyChange() throws Exception {
    TestApi.Client jane = jane(",\"nick\":\"j\"");
    assertThat(who(jane)).isEqualTo("out:jane");
    String before = Files.readString(authentication);

    replace(before.replace("claim: sub", "claim: nick"));
    Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> who(jane).equals("out:j"));
    replace("nonsense");
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(() ->
            api.admin()
                .get("/metrics")
                .body()
                .contains(
                    "apiserver_authentication_config_controller_automatic_reloads_total{status=\"failure\"} 1"));
    assertThat(who(jane)).isEqualTo("out:j");
    replace(before);
    Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> who(jane).equals("out:jane"));
  }

  @Test
  void auditEventsGoToTheWebhookAndToTheLog() {
    api.admin().get("/audited");

    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> {
          assertThat(hook.asked())
              .anySatisfy(asked ->
                  assertThat(asked.toJson())
                      .startsWith("{\"kind\":\"EventList\",\"apiVersion\":\"audit.k8s.io/v1\"")
                      .contains("\"requestURI\":\"/audited\"")
                      .contains("\"stage\":\"ResponseComplete\""));
          assertThat(Files.readAllLines(authorization.resolveSibling("audit.log")))
              .anySatisfy(line ->
                  assertThat(line)
                      .contains(" AUDIT: id=\"")
                      .contains("user=\"admin\" groups=\"\\\"system:masters\\\"")
                      .contains("uri=\"/audited\" response=\"404\""));
        });
  }

  @Test
  void podsAreJudgedByTheConfigurationsOfPlugIns() {
    String accounts = "/api/v1/namespaces/%s/serviceaccounts";
    for (String namespace : List.of("default", "kube-system")) {
      api.admin().post(accounts.formatted(namespace), "{\"metadata\":{\"name\":\"default\"}}");
    }
    String pod =
        "{\"metadata\":{\"name\":\"%s\"},\"spec\":{\"hostNetwork\":%s,\"containers\":[{\"name\":\"c\",\"image\":\"%s\"}]}}";

    Answer evil = api.admin().post(PODS, pod.formatted("evil", "false", "evil"));
    assertThat(evil.at("message"))
        .isEqualTo(
            "pods \"evil\" is forbidden: image policy webhook backend denied one or more images:"
                + " it is evil");
    Answer host = api.admin().post(PODS, pod.formatted("host", "true", "good"));
    assertThat(host.at("message"))
        .isEqualTo(
            "pods \"host\" is forbidden: violates PodSecurity \"baseline:v1.30\": host namespaces"
                + " (hostNetwork=true)");
    String exempt = "/api/v1/namespaces/kube-system/pods";
    Answer made = api.admin().post(exempt, pod.formatted("host", "true", "good"));
    assertThat(made.code()).as(made.body()).isEqualTo(201);
  }
}
