package dev.tiphys.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tiphys.apiserver.TestApi.Answer;
import dev.tiphys.apiserver.TestApi.Client;
import dev.tiphys.apiserver.storage.EtcdProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Services in a cluster with addresses of both families, as clients see them. */
final class DualStackTest {

  private static final String SERVICES = "/api/v1/namespaces/default/services";
  private static final String ADDRESSES = "/apis/networking.k8s.io/v1/ipaddresses/";
  private static final String BOTH = "[\"IPv4\",\"IPv6\"]";
  private static final String MERGE = "merge-patch+json";

  @TempDir static Path folder;
  private static TestApi one;
  private static TestApi other;
  private static Client admin;

  @BeforeAll
  static void start() throws Exception {
    assumeTrue(EtcdProcess.installed(), "no etcd here: Debian's package is etcd-server");
    one = TestApi.start(Files.createDirectory(folder.resolve("one")), DualStackTest::both);
    other =
        TestApi.beside(one, Files.createDirectory(folder.resolve("other")), DualStackTest::both);
    admin = one.admin();
  }

  private static void both(Options options) {
    options.serviceRanges = List.of("10.96.0.0/24", "fd00:10:96::/120");
  }

  @AfterAll
  static void stop() throws Exception {
    if (other != null) {
      other.close();
    }
    if (one != null) {
      one.close();
    }
  }

  @Test
  void aServiceHasTheFirstFamilyUnlessItAsksForMore() {
    Answer made = create("plain", "\"selector\":{\"a\":\"b\"}");

    assertThat(made.at("spec.ipFamilyPolicy")).isEqualTo("SingleStack");
    assertThat(made.at("spec.ipFamilies")).isEqualTo("[\"IPv4\"]");
    assertThat(made.at("spec.clusterIPs.0")).startsWith("10.96.0.");
    assertThat(made.at("spec.clusterIPs.1")).isEmpty();
  }

  @Test
  void aServiceThatPrefersBothHasAnAddressOfEach() {
    Answer made = create("both", "\"ipFamilyPolicy\":\"PreferDualStack\"");
    String second = made.at("spec.clusterIPs.1");

    assertThat(made.at("spec.ipFamilies")).isEqualTo(BOTH);
    assertThat(made.at("spec.clusterIP")).isEqualTo(made.at("spec.clusterIPs.0"));
    assertThat(second).startsWith("fd00:10:96::");
    Answer claim = admin.get(ADDRESSES + second);
    assertThat(claim.at("spec.parentRef.name")).isEqualTo("both");
    assertThat(claim.body()).contains("\"ipaddress.kubernetes.io/ip-family\":\"IPv6\"");

    admin.delete(SERVICES + "/both", "");
    assertThat(admin.get(ADDRESSES + second).code()).isEqualTo(404);
  }

  @Test
  void theFamilyNamedFirstIsThePrimaryOne() {
    Answer made =
        create("six-first", "\"ipFamilyPolicy\":\"RequireDualStack\",\"ipFamilies\":[\"IPv6\"]");

    assertThat(made.at("spec.ipFamilies")).isEqualTo("[\"IPv6\",\"IPv4\"]");
    assertThat(made.at("spec.clusterIP")).startsWith("fd00:10:96::");
  }

  @Test
  void addressesTellTheirFamilies() {
    Answer made = create("six-only", "\"clusterIP\":\"fd00:10:96::5\"");

    assertThat(made.at("spec.ipFamilies")).isEqualTo("[\"IPv6\"]");
    assertThat(create("again", "\"clusterIP\":\"fd00:10:96:0::5\"").at("message"))
        .isEqualTo(
            "Service \"again\" is invalid: spec.clusterIPs: Invalid value: [\"fd00:10:96:0::5\"]:"
                + " failed to allocate IP fd00:10:96:0::5: provided IP is already allocated");
  }

  @Test
  void aSecondAddressComesAndGoesByThePolicy() {
    create("grows", "\"selector\":{\"a\":\"b\"}");
    Answer grown =
        admin.patch(
            SERVICES + "/grows", MERGE, "{\"spec\":{\"ipFamilyPolicy\":\"RequireDualStack\"}}");
    String second = grown.at("spec.clusterIPs.1");
    assertThat(second).startsWith("fd00:10:96::");
    assertThat(admin.get(ADDRESSES + second).code()).isEqualTo(200);

    assertThat(
            admin
                .patch(SERVICES + "/grows", MERGE, "{\"spec\":{\"ipFamilies\":[\"IPv4\"]}}")
                .at("message"))
        .isEqualTo(
            "Service \"grows\" is invalid: spec.ipFamilyPolicy: Invalid value:"
                + " \"RequireDualStack\": must be 'SingleStack' to release the secondary IP family");

    Answer shrunk =
        admin.patch(SERVICES + "/grows", MERGE, "{\"spec\":{\"ipFamilyPolicy\":\"SingleStack\"}}");
    assertThat(shrunk.at("spec.ipFamilies")).isEqualTo("[\"IPv4\"]");
    assertThat(shrunk.at("spec.clusterIPs.0")).isEqualTo(grown.at("spec.clusterIPs.0"));
    assertThat(shrunk.at("spec.clusterIPs.1")).isEmpty();
    assertThat(admin.get(ADDRESSES + second).code()).isEqualTo(404);
  }

  @Test
  void aNameHasNoAddressesAndGetsThemBackAsAService() {
    create("named", "\"ipFamilyPolicy\":\"PreferDualStack\"");
    Answer named =
        admin.patch(
            SERVICES + "/named",
            MERGE,
            "{\"spec\":{\"type\":\"ExternalName\",\"externalName\":\"a.example\"}}");
    assertThat(named.code()).isEqualTo(200);
    assertThat(named.at("spec.clusterIPs") + named.at("spec.ipFamilies")).isEmpty();

    Answer back =
        admin.patch(
            SERVICES + "/named",
            MERGE,
            "{\"spec\":{\"type\":\"ClusterIP\",\"externalName\":null,"
                + "\"ipFamilyPolicy\":\"PreferDualStack\"}}");
    assertThat(back.at("spec.clusterIPs.1")).startsWith("fd00:10:96::");
  }

  @Test
  void headlessServicesSayWhichFamiliesTheirEndpointsHave() {
    Answer selecting = create("picks", "\"clusterIP\":\"None\",\"selector\":{\"a\":\"b\"}");
    Answer open = create("open", "\"clusterIP\":\"None\"");

    assertThat(selecting.at("spec.ipFamilies")).isEqualTo("[\"IPv4\"]");
    assertThat(open.at("spec.ipFamilyPolicy")).isEqualTo("RequireDualStack");
    assertThat(open.at("spec.ipFamilies")).isEqualTo(BOTH);
    assertThat(open.at("spec.clusterIPs")).isEqualTo("[\"None\"]");
  }

  @Test
  void furtherRangesOfEitherFamilyAddAddresses() {
    admin.post(
        "/apis/networking.k8s.io/v1/servicecidrs",
        "{\"metadata\":{\"name\":\"more\"},\"spec\":{\"cidrs\":[\"fd00:10:97::/120\"]}}");

    Awaitility.await()
        .atMost(Duration.ofSeconds(10))
        .until(() ->
            create("from-more", "\"clusterIP\":\"fd00:10:97::9\"")
                .at("spec.clusterIP")
                .equals("fd00:10:97::9"));
  }

  @Test
  void theDefaultRangeNamesBoth() {
    assertThat(admin.get("/apis/networking.k8s.io/v1/servicecidrs/kubernetes").at("spec.cidrs"))
        .isEqualTo("[\"10.96.0.0/24\",\"fd00:10:96::/120\"]");
  }

  @Test
  void twoServersGiveNoAddressTwice() throws Exception {
    List<Callable<Answer>> work = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      Client client = i % 2 == 0 ? admin : other.admin();
      String body = body("many" + i, "\"ipFamilyPolicy\":\"PreferDualStack\"");
      work.add(() -> client.post(SERVICES, body));
    }
    List<Answer> made = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Answer> answer : threads.invokeAll(work)) {
        made.add(answer.get());
      }
    }

    assertThat(made).extracting(Answer::code).containsOnly(201);
    assertThat(made).extracting(a -> a.at("spec.clusterIPs.0")).doesNotHaveDuplicates();
    assertThat(made).extracting(a -> a.at("spec.clusterIPs.1")).doesNotHaveDuplicates();
    for (int i = 0; i < 60; i++) {
      admin.delete(SERVICES + "/many" + i, "");
    }
  }

  @Test
  void aClusterOfTheNewerFamilyMayGrowTheOther(@TempDir Path apart) throws Exception {
    try (TestApi six =
        TestApi.start(
            Files.createDirectory(apart.resolve("six")),
            options -> {
              options.serviceRanges = List.of("fd00:10:98::/112");
              options.advertiseAddress = "2001:db8::7";
            })) {
      Answer kubernetes = six.admin().get(SERVICES + "/kubernetes");
      assertThat(kubernetes.at("spec.clusterIPs")).isEqualTo("[\"fd00:10:98::1\"]");
      assertThat(kubernetes.at("spec.ipFamilies")).isEqualTo("[\"IPv6\"]");
      Answer slice =
          six.admin().get("/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes");
      assertThat(slice.at("addressType")).isEqualTo("IPv6");
      assertThat(slice.at("endpoints.0.addresses.0")).isEqualTo("2001:db8::7");

      try (TestApi grown =
          TestApi.beside(
              six,
              Files.createDirectory(apart.resolve("grown")),
              options -> {
                options.serviceRanges = List.of("fd00:10:98::/112", "10.98.0.0/24");
                options.advertiseAddress = "2001:db8::8";
              })) {
        assertThat(
                grown
                    .admin()
                    .get("/apis/networking.k8s.io/v1/servicecidrs/kubernetes")
                    .at("spec.cidrs"))
            .isEqualTo("[\"fd00:10:98::/112\",\"10.98.0.0/24\"]");
        Answer both =
            grown.admin().post(SERVICES, body("grown", "\"ipFamilyPolicy\":\"RequireDualStack\""));
        assertThat(both.at("spec.clusterIPs.1")).startsWith("10.98.0.");
      }
    }
  }

  private static Answer create(String name, String spec) {
    return admin.post(SERVICES, body(name, spec));
  }

  private static String body(String name, String spec) {
    return "{\"metadata\":{\"name\":\"%s\"},\"spec\":{\"ports\":[{\"port\":80}],%s}}"
        .formatted(name, spec);
  }
}
