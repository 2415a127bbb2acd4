package dev.tiphys.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.apiserver.TestApi.Answer;
import dev.tiphys.apiserver.TestApi.Client;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which objects a list holds, of which state, and in which pages. */
@ExtendWith(SharedApi.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ListTest {

  private static final String NAMESPACE = "/api/v1/namespaces/lists";
  private static final String MAPS = NAMESPACE + "/configmaps";

  private final Client admin;
  private String early = "";
  private String late = "";

  ListTest(TestApi api) {
    this.admin = api.admin();
  }

  /** Three objects at the early version, five at the late one. */
  @BeforeAll
  void makeObjects() {
    admin.post("/api/v1/namespaces", "{\"metadata\":{\"name\":\"lists\"}}");
    for (int i = 0; i < 5; i++) {
      Answer made =
          admin.post(
              MAPS,
              """
              {"metadata":{"name":"m%d","labels":{"n":"%d","even":"%s"%s}}}
              """
                  .formatted(i, i, i % 2 == 0 ? "yes" : "no", i == 4 ? ",\"last\":\"\"" : ""));
      early = i == 2 ? made.at("metadata.resourceVersion") : early;
      late = made.at("metadata.resourceVersion");
    }
  }

  private static List<String> names(Answer list) {
    return IntStream.iterate(
            0, i -> !list.at("items." + i + ".metadata.name").isEmpty(), i -> i + 1)
        .mapToObj(i -> list.at("items." + i + ".metadata.name"))
        .toList();
  }

  private Answer list(String query) {
    return admin.get(MAPS + "?" + query.replace("EARLY", early).replace("LATE", late));
  }

  /** The table under "Semantics for get and list" of the API's concepts. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "limit=0 | 5 | ''",
        "resourceVersion=0 | 5 | ''",
        "resourceVersion=EARLY | 5 | ''",
        "limit=2 | 2 | 3",
        "limit=2&resourceVersion=0 | 5 | ''",
        "limit=2&resourceVersion=EARLY | 2 | 1",
        "limit=9&resourceVersion=EARLY | 3 | ''",
        "resourceVersion=EARLY&resourceVersionMatch=Exact | 3 | ''",
        "limit=2&resourceVersion=EARLY&resourceVersionMatch=Exact | 2 | 1",
        "resourceVersion=EARLY&resourceVersionMatch=NotOlderThan | 5 | ''",
        "resourceVersion=0&resourceVersionMatch=NotOlderThan | 5 | ''",
        "limit=2&resourceVersion=EARLY&resourceVersionMatch=NotOlderThan | 2 | 3",
      })
  void theVersionAndItsMatchTellTheState(String query, int count, String remaining) {
    Answer list = list(query);

    assertThat(list.code()).as(list.body()).isEqualTo(200);
    assertThat(names(list)).hasSize(count);
    assertThat(list.at("metadata.remainingItemCount")).isEqualTo(remaining);
    assertThat(list.at("metadata.continue").isEmpty()).isEqualTo(remaining.isEmpty());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "resourceVersionMatch=Exact | 422",
        "resourceVersionMatch=NotOlderThan | 422",
        "resourceVersion=0&resourceVersionMatch=Exact | 422",
        "resourceVersion=EARLY&resourceVersionMatch=Newer | 422",
        "resourceVersion=EARLY&continue=x | 400",
        "resourceVersion=EARLY&resourceVersionMatch=Exact&continue=x | 422",
        "resourceVersion=-1 | 400",
        "resourceVersion=99999999&resourceVersionMatch=Exact | 504",
        "sendInitialEvents=true | 422",
        "watch=1&resourceVersionMatch=Exact&resourceVersion=EARLY | 422",
        "watch=1&sendInitialEvents=true | 422",
        "labelSelector=a+in+b | 400",
        "fieldSelector=metadata.name | 400",
      })
  void whatContradictsItselfIsRefused(String query, int code) {
    Answer refused = list(query);

    assertThat(refused.code()).as(refused.body()).isEqualTo(code);
    assertThat(refused.at("kind")).isEqualTo("Status");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "even=yes | m0 m2 m4",
        "even==yes,n!=2 | m0 m4",
        "n in (1, 2) | m1 m2",
        "n notin (0,1,2) | m3 m4",
        "last | m4",
        "!last,even | m0 m1 m2 m3",
        "n>2 | m3 m4",
        "n<2 | m0 m1",
        "last= | m4",
      })
  void labelSelectorsAreSets(String selector, String expected) {
    Answer found =
        admin.get(MAPS + "?labelSelector=" + URLEncoder.encode(selector, StandardCharsets.UTF_8));

    assertThat(String.join(" ", names(found))).isEqualTo(expected);
  }

  @Test
  void pagesOfASelectorDoNotCountWhatRemains() {
    Answer first = list("labelSelector=even%3Dyes&limit=2");

    assertThat(names(first)).containsExactly("m0", "m2");
    assertThat(first.at("metadata.remainingItemCount")).isEmpty();
    assertThat(
            names(
                list("labelSelector=even%3Dyes&limit=2&continue=" + first.at("metadata.continue"))))
        .containsExactly("m4");
  }

  @Test
  void anExpiredTokenComesWithAFreshOne() {
    String token =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(
                "{\"v\":\"meta.k8s.io/v1\",\"rv\":1,\"start\":\"lists/m2\\u0000\"}"
                    .getBytes(StandardCharsets.UTF_8));

    Answer expired = list("limit=1&continue=" + token);

    if (expired.code() == 410) {
      assertThat(expired.at("reason")).isEqualTo("Expired");
      Answer rest = list("limit=9&continue=" + expired.at("metadata.continue"));
      assertThat(names(rest)).containsExactly("m3", "m4");
    } else {
      assertThat(names(expired)).as("the store still knows its first revision").isEmpty();
    }
  }

  @Test
  void kindsSelectByFieldsOfTheirOwn() {
    admin.post(
        "/apis/batch/v1/namespaces/lists/jobs",
        """
        {"metadata":{"name":"j"},"spec":{"template":{"spec":{"restartPolicy":"Never",
         "containers":[{"name":"c","image":"i"}]}}}}
        """);
    String jobs = "/apis/batch/v1/namespaces/lists/jobs?fieldSelector=";

    assertThat(names(admin.get(jobs + "status.successful%3D0"))).containsExactly("j");
    assertThat(names(admin.get(jobs + "status.successful%3D1"))).isEmpty();
    assertThat(admin.get(jobs + "spec.suspend%3Dtrue").at("message"))
        .isEqualTo("field label not supported: spec.suspend");
    assertThat(list("fieldSelector=data.a%3Db").at("message"))
        .isEqualTo(
            "\"data.a\" is not a known field selector: only \"metadata.name\","
                + " \"metadata.namespace\"");
    assertThat(names(admin.get(NAMESPACE + "/pods?fieldSelector=status.phase!%3DRunning")))
        .isEmpty();
  }

  /** The first has it made, the second has it kept, the third gets what is kept. */
  @ParameterizedTest
  @ValueSource(strings = {"application/json", "application/vnd.kubernetes.protobuf"})
  void whoeverAsksForTheSameListGetsTheSameBytesCompressed(String form) throws Exception {
    String large = "/api/v1/namespaces/large-lists";
    if (admin.get(large).code() == 404) {
      admin.post("/api/v1/namespaces", "{\"metadata\":{\"name\":\"large-lists\"}}");
      for (int i = 0; i < 210; i++) {
        String body = "{\"metadata\":{\"name\":\"m%d\"},\"data\":{\"a\":\"%s\"}}";
        admin.post(large + "/configmaps", body.formatted(i, "x".repeat(1000)));
      }
    }
    String list = large + "/configmaps?resourceVersion=0";
    List<byte[]> answers = new ArrayList<>();
    int tries = 0;
    do { // all lists tell when any object changes, as the server's own do now and then
      answers.clear();
      answers.add(admin.get(list, "Accept", form).bytes());
      for (int i = 0; i < 3; i++) {
        answers.add(decompress(admin.get(list, "Accept", form, "Accept-Encoding", "gzip")));
      }
      answers.add(admin.get(list, "Accept", form).bytes());
    } while (!Arrays.equals(answers.getFirst(), answers.getLast()) && ++tries < 10);
    assertThat(answers).containsOnly(answers.getFirst());
  }

  private static byte[] decompress(Answer answer) throws IOException {
    assertThat(answer.header("Content-Encoding")).isEqualTo("gzip");
    try (var in = new GZIPInputStream(new ByteArrayInputStream(answer.bytes()))) {
      return in.readAllBytes();
    }
  }
}
