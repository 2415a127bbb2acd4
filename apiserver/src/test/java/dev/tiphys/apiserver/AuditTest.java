package dev.tiphys.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.api.codec.JsonTree.Obj;
import dev.tiphys.apiserver.TestApi.Answer;
import dev.tiphys.apiserver.TestApi.Client;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the audit log tells of requests. */
@ExtendWith(SharedApi.class)
final class AuditTest {

  private static final String CORE = "/api/v1/namespaces/audited/";

  private final TestApi api;
  private final Client admin;

  AuditTest(TestApi api) {
    this.api = api;
    this.admin = api.admin();
  }

  @BeforeEach
  void makeNamespace() {
    admin.post("/api/v1/namespaces", "{\"metadata\":{\"name\":\"audited\"}}");
  }

  private List<Obj> events(String id) {
    try {
      return Files.readAllLines(api.folder().resolve(SharedApi.AUDIT_LOG)).stream()
          .map(line -> (Obj) JsonTree.parse(line))
          .filter(event -> id.equals(text(event, "auditID")))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The events of a request, once its last one is there. */
  private List<Obj> all(String id) {
    return Awaitility.await()
        .until(
            () -> events(id),
            events ->
                events.stream().anyMatch(event -> "ResponseComplete".equals(text(event, "stage"))));
  }

  private static @Nullable String text(Obj object, String path) {
    JsonTree at = object;
    for (String name : path.split("\\.")) {
      at = at instanceof Obj inner ? inner.get(name) : null;
    }
    return switch (at) {
      case JsonTree.Text text -> text.value();
      case null -> null;
      default -> at.toJson();
    };
  }

  @Test
  void whoAskedForWhatWithWhichOutcome() {
    admin.post(
        CORE + "configmaps?fieldManager=me",
        "{\"metadata\":{\"name\":\"m\"},\"data\":{\"a\":\"b\"}}",
        "Audit-ID",
        "create-1",
        "User-Agent",
        "tester/1");

    List<Obj> events = all("create-1");
    assertThat(events)
        .extracting(event -> text(event, "stage"))
        .containsExactly("RequestReceived", "ResponseComplete");
    Obj done = events.getLast();
    assertThat(text(done, "kind")).isEqualTo("Event");
    assertThat(text(done, "apiVersion")).isEqualTo("audit.k8s.io/v1");
    assertThat(text(done, "level")).isEqualTo("RequestResponse");
    assertThat(text(done, "verb")).isEqualTo("create");
    assertThat(text(done, "requestURI")).isEqualTo(CORE + "configmaps?fieldManager=me");
    assertThat(text(done, "user.username")).isEqualTo("admin");
    assertThat(text(done, "sourceIPs")).isEqualTo("[\"127.0.0.1\"]");
    assertThat(text(done, "userAgent")).isEqualTo("tester/1");
    assertThat(text(done, "objectRef.resource")).isEqualTo("configmaps");
    assertThat(text(done, "objectRef.namespace")).isEqualTo("audited");
    assertThat(text(done, "responseStatus.code")).isEqualTo("201");
    assertThat(text(done, "requestObject.data.a")).isEqualTo("b");
    assertThat(text(done, "responseObject.metadata.uid")).isNotEmpty();
    assertThat(text(done, "responseObject.metadata.managedFields")).isNull();
    assertThat(text(done, "annotations")).contains("\"authorization.k8s.io/decision\":\"allow\"");
    assertThat(text(events.getFirst(), "requestObject")).isNull();
  }

  @Test
  void secretsAreToldWithoutWhatTheyHold() {
    admin.post(
        CORE + "secrets",
        "{\"metadata\":{\"name\":\"s\"},\"stringData\":{\"a\":\"hidden\"}}",
        "Audit-ID",
        "secret-1");

    assertThat(all("secret-1"))
        .singleElement()
        .satisfies(event -> assertThat(event.toJson()).doesNotContain("hidden"))
        .satisfies(event -> assertThat(text(event, "level")).isEqualTo("Metadata"));
  }

  @Test
  void refusalsAreToldWithTheirReason() {
    api.as("joe-token").get(CORE + "configmaps", "Audit-ID", "refused-1");

    Obj event = all("refused-1").getLast();
    assertThat(text(event, "user.username")).isEqualTo("joe");
    assertThat(text(event, "responseStatus.code")).isEqualTo("403");
    assertThat(text(event, "responseStatus.reason")).isEqualTo("Forbidden");
    assertThat(text(event, "annotations")).contains("forbid");
  }

  @Test
  void actingAsAnotherIsToldOfBoth() {
    admin.get(CORE + "configmaps", "Audit-ID", "impersonated-1", "Impersonate-User", "someone");

    Obj event = all("impersonated-1").getLast();
    assertThat(text(event, "user.username")).isEqualTo("admin");
    assertThat(text(event, "impersonatedUser.username")).isEqualTo("someone");
  }

  @Test
  void watchesAreToldWhenTheyBegin() throws Exception {
    try (InputStream watch =
        admin.stream(CORE + "configmaps?watch=1&timeoutSeconds=1", "Audit-ID", "watch-1")) {
      watch.readAllBytes();
    }

    assertThat(all("watch-1"))
        .extracting(event -> text(event, "stage"))
        .containsExactly("RequestReceived", "ResponseStarted", "ResponseComplete");
  }

  @Test
  void whatIsGivenUpIsMarked() {
    Answer watch = admin.get(CORE + "endpoints?watch=1&timeoutSeconds=1", "Audit-ID", "old-1");
    assertThat(watch.header("Warning"))
        .isEqualTo(
            "299 - \"v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice\"");
    assertThat(text(all("old-1").getLast(), "annotations"))
        .contains("\"k8s.io/deprecated\":\"true\"")
        .doesNotContain("k8s.io/removed-release");
  }

  @Test
  void whatNoRuleNamesIsNotTold() {
    admin.get("/version", "Audit-ID", "none-1");
    admin.get(CORE + "configmaps", "Audit-ID", "after-none");
    all("after-none");

    assertThat(events("none-1")).isEmpty();
  }
}
