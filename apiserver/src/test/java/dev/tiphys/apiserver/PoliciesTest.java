package dev.tiphys.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import dev.tiphys.apiserver.TestApi.Answer;
import dev.tiphys.apiserver.TestApi.Client;
import dev.tiphys.apiserver.storage.EtcdProcess;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Objects that decide about other objects, and subresources of these, in a server. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class PoliciesTest {

  private TestApi api;
  private Client admin;
  private String core = "";

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    assumeTrue(EtcdProcess.installed(), "no etcd here: Debian's package is etcd-server");
    api = TestApi.start(folder);
    admin = api.admin();
  }

  @AfterAll
  void stop() throws Exception {
    if (api != null) {
      api.close();
    }
  }

  @BeforeEach
  void namespaceOfItsOwn(TestInfo test) {
    String namespace = "t" + Math.abs(test.getDisplayName().hashCode());
    core = "/api/v1/namespaces/" + namespace;
    admin.post("/api/v1/namespaces", "{\"metadata\":{\"name\":\"" + namespace + "\"}}");
    admin.post(core + "/serviceaccounts", "{\"metadata\":{\"name\":\"default\"}}");
  }

  private Answer pod(String name, String spec) {
    return admin.post(
        core + "/pods",
        "{\"metadata\":{\"name\":\"%s\",\"labels\":{\"app\":\"web\"}},\"spec\":{%s\"containers\":[{\"name\":\"c\",\"image\":\"i\"}]}}"
            .formatted(name, spec));
  }

  private String group(String groupVersion) {
    return core.replace("/api/v1", "/apis/" + groupVersion);
  }

  @Test
  void aQuotaBoundsWhatANamespaceHolds() {
    admin.post(
        core + "/resourcequotas",
        "{\"metadata\":{\"name\":\"q\"},\"spec\":{\"hard\":{\"pods\":\"1\",\"count/configmaps\":\"5\"}}}");
    assertThat(pod("a", "").at("message"))
        .isEqualTo("pods \"a\" is forbidden: status unknown for quota: q, resources: pods");
    counted("0");
    assertThat(pod("a", "").code()).isEqualTo(201);
    assertThat(admin.get(core + "/resourcequotas/q").at("status.used.pods")).isEqualTo("1");
    Answer refused = pod("b", "");
    assertThat(refused.code()).isEqualTo(403);
    assertThat(refused.at("message"))
        .isEqualTo(
            "pods \"b\" is forbidden: exceeded quota: q, requested: pods=1, used: pods=1, limited:"
                + " pods=1");
    admin.delete(core + "/pods/a", "");
    counted("0");
    assertThat(pod("b", "").code()).isEqualTo(201);
  }

  @Test
  void writesAtTheSameTimeNeverFindTheSameRoom() {
    admin.post(
        core + "/resourcequotas",
        "{\"metadata\":{\"name\":\"q\"},\"spec\":{\"hard\":{\"pods\":\"3\"}}}");
    admin.patch(
        core + "/resourcequotas/q/status",
        "merge-patch+json",
        "{\"status\":{\"hard\":{\"pods\":\"3\"},\"used\":{\"pods\":\"0\"}}}");
    List<Integer> codes =
        IntStream.range(0, 12).parallel().mapToObj(i -> pod("p" + i, "").code()).toList();

    assertThat(codes).containsOnly(201, 403);
    assertThat(codes.stream().filter(code -> code == 201)).hasSize(3);
  }

  /** What the controller that counts would tell. */
  private void counted(String pods) {
    admin.patch(
        core + "/resourcequotas/q/status",
        "merge-patch+json",
        "{\"status\":{\"hard\":{\"pods\":\"1\",\"count/configmaps\":\"5\"},\"used\":{\"pods\":\"%s\",\"count/configmaps\":\"0\"}}}"
            .formatted(pods));
  }

  @Test
  void aLimitRangeFillsAndRefuses() {
    admin.post(
        core + "/limitranges",
        """
        {"metadata":{"name":"l"},"spec":{"limits":[
          {"type":"Container","default":{"cpu":"200m"},"defaultRequest":{"cpu":"100m"},"max":{"cpu":"1"}}]}}
        """);
    Answer filled = pod("a", "");
    assertThat(filled.at("spec.containers.0.resources.limits.cpu")).isEqualTo("200m");
    assertThat(filled.at("spec.containers.0.resources.requests.cpu")).isEqualTo("100m");
    Answer refused =
        admin.post(
            core + "/pods",
            """
            {"metadata":{"name":"b"},"spec":{"containers":[
              {"name":"c","image":"i","resources":{"limits":{"cpu":"2"}}}]}}
            """);
    assertThat(refused.at("message"))
        .isEqualTo("pods \"b\" is forbidden: maximum cpu usage per Container is 1, but limit is 2");
  }

  @Test
  void aNamespaceHoldsItsPodsToItsLevel() {
    admin.patch(
        core,
        "merge-patch+json",
        "{\"metadata\":{\"labels\":{\"pod-security.kubernetes.io/enforce\":\"baseline\"}}}");
    assertThat(pod("a", "").code()).isEqualTo(201);
    assertThat(pod("b", "\"hostNetwork\":true,").at("message"))
        .isEqualTo(
            "pods \"b\" is forbidden: violates PodSecurity \"baseline:latest\": host namespaces"
                + " (hostNetwork=true)");
  }

  @Test
  void anEvictionSpendsABudget() {
    String budgets = group("policy/v1") + "/poddisruptionbudgets";
    admin.post(
        budgets,
        """
        {"metadata":{"name":"b"},"spec":{"minAvailable":1,"selector":{"matchLabels":{"app":"web"}}}}
        """);
    pod("a", "");
    String ready =
        "{\"status\":{\"phase\":\"Running\",\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}]}}";
    admin.patch(core + "/pods/a/status", "merge-patch+json", ready);
    String eviction = "{\"metadata\":{\"name\":\"a\"}}";

    Answer early = admin.post(core + "/pods/a/eviction", eviction);
    assertThat(early.code()).isEqualTo(429);
    assertThat(early.at("details.causes.0.reason")).isEqualTo("DisruptionBudget");
    String status =
        "{\"status\":{\"observedGeneration\":1,\"disruptionsAllowed\":%d,\"currentHealthy\":1,\"desiredHealthy\":1,\"expectedPods\":1}}";
    admin.patch(budgets + "/b/status", "merge-patch+json", status.formatted(0));
    assertThat(admin.post(core + "/pods/a/eviction", eviction).at("details.causes.0.message"))
        .isEqualTo("The disruption budget b needs 1 healthy pods and has 1 currently");
    admin.patch(budgets + "/b/status", "merge-patch+json", status.formatted(1));
    assertThat(admin.post(core + "/pods/a/eviction", eviction).code()).isEqualTo(201);
    Answer spent = admin.get(budgets + "/b");
    assertThat(spent.at("status.disruptionsAllowed")).isIn("", "0");
    assertThat(spent.at("status.disruptedPods.a")).isNotEmpty();
  }

  @Test
  void aClassGivesPriority() {
    admin.post(
        "/apis/scheduling.k8s.io/v1/priorityclasses",
        "{\"metadata\":{\"name\":\"high\"},\"value\":1000,\"preemptionPolicy\":\"Never\"}");
    Answer pod = pod("a", "\"priorityClassName\":\"high\",");
    assertThat(pod.at("spec.priority")).isEqualTo("1000");
    assertThat(pod.at("spec.preemptionPolicy")).isEqualTo("Never");
    assertThat(pod("b", "\"priorityClassName\":\"none\",").at("message"))
        .isEqualTo("pods \"b\" is forbidden: no PriorityClass with name none was found");
  }

  @Test
  void aRequestForACertificateIsApprovedAndThenSigned() {
    String all = "/apis/certificates.k8s.io/v1/certificatesigningrequests";
    String sample = ApiFacts.sample("certificates.k8s.io", "v1", "certificatesigningrequests");
    Answer made = admin.post(all, "{\"metadata\":{\"name\":\"r\"}," + sample.substring(1));
    assertThat(made.at("spec.username")).isEqualTo("admin");
    String approve =
        "{\"status\":{\"conditions\":[{\"type\":\"Approved\",\"status\":\"True\",\"reason\":\"Why\"}]}}";
    Answer wrongDoor = admin.patch(all + "/r/status", "merge-patch+json", approve);
    assertThat(wrongDoor.at("status.conditions.0.type")).isEmpty();
    Answer approved = admin.patch(all + "/r/approval", "merge-patch+json", approve);
    assertThat(approved.at("status.conditions.0.lastUpdateTime")).isNotEmpty();
    Answer back =
        admin.patch(all + "/r/approval", "merge-patch+json", "{\"status\":{\"conditions\":[]}}");
    assertThat(back.at("message"))
        .contains(
            "status.conditions: Forbidden: updates may not remove a condition of type \"Approved\"");
  }

  @Test
  void debuggersComeByTheirOwnDoorAndStay() {
    pod("a", "");
    String debugger =
        "{\"spec\":{\"ephemeralContainers\":[{\"name\":\"d\",\"image\":\"tool:1\"}]}}";
    Answer other = admin.patch(core + "/pods/a", "strategic-merge-patch+json", debugger);
    assertThat(other.at("spec.ephemeralContainers")).isEmpty();
    Answer added =
        admin.patch(core + "/pods/a/ephemeralcontainers", "strategic-merge-patch+json", debugger);
    assertThat(added.at("spec.ephemeralContainers.0.imagePullPolicy")).isEqualTo("IfNotPresent");
    Answer removed =
        admin.patch(
            core + "/pods/a/ephemeralcontainers",
            "merge-patch+json",
            "{\"spec\":{\"ephemeralContainers\":null}}");
    assertThat(removed.code()).isEqualTo(422);
  }

  @Test
  void aProxyLeadsToThePod() throws Exception {
    HttpServer backend =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    backend.createContext(
        "/",
        exchange -> {
          byte[] body =
              (exchange.getRequestMethod()
                      + " "
                      + exchange.getRequestURI()
                      + " "
                      + exchange.getRequestHeaders().containsKey("Authorization")
                      + " "
                      + new String(
                          exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8))
                  .getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(202, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    backend.start();
    try {
      pod("a", "");
      admin.patch(
          core + "/pods/a/status", "merge-patch+json", "{\"status\":{\"podIP\":\"127.0.0.1\"}}");
      String proxy = core + "/pods/a:" + backend.getAddress().getPort() + "/proxy";
      Answer answer = admin.post(proxy + "/x/y?z=1", "hello");
      assertThat(answer.code()).isEqualTo(202);
      assertThat(answer.body()).isEqualTo("POST /x/y?z=1 false hello");
      assertThat(admin.get(proxy).header("Location")).isEqualTo(proxy + "/");
    } finally {
      backend.stop(0);
    }
  }
}
