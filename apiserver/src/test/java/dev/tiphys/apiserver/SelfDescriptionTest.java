package dev.tiphys.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import dev.tiphys.apiserver.TestApi.Answer;
import org.junit.jupiter.api.Test;

/** What the server says about itself. */
final class SelfDescriptionTest extends InNamespace {

  @Test
  void theServerPublishesItself() {
    Answer service = admin.get("/api/v1/namespaces/default/services/kubernetes");
    assertThat(service.at("spec.clusterIP")).isEqualTo("10.96.0.1");
    Answer slice =
        admin.get("/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes");
    assertThat(slice.at("endpoints.0.addresses.0")).isEqualTo("127.0.0.1");
  }

  @Test
  void discoveryComesInBothForms() {
    assertThat(admin.get("/api/v1").at("resources.0.name")).isNotEmpty();
    String aggregated = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
    Answer all = admin.get("/apis", "Accept", aggregated);
    assertThat(all.header("Content-Type")).isEqualTo(aggregated);
    assertThat(all.at("items.0.metadata.name")).isEqualTo("apiregistration.k8s.io");
    assertThat(all.at("items.1.metadata.name")).isEqualTo("apps");
    Answer unchanged =
        admin.get("/apis", "Accept", aggregated, "If-None-Match", all.header("ETag"));
    assertThat(unchanged.code()).isEqualTo(304);
  }

  @Test
  void openApiDescribesEveryGroupVersion() {
    Answer index = admin.get("/openapi/v3");
    String url = urlOf(index, "apis/apps/v1");
    Answer document = admin.get(url);
    assertThat(document.at("openapi")).isEqualTo("3.0.0");
    assertThat(document.body())
        .contains("\"io.k8s.api.apps.v1.Deployment\"", "x-kubernetes-list-map-keys");
    assertThat(admin.get(url, "If-None-Match", document.header("ETag")).code()).isEqualTo(304);
    assertThat(admin.get("/openapi/v2").at("swagger")).isEqualTo("2.0");
  }

  @Test
  void openApiComesInProtobufToo() throws Exception {
    String url = urlOf(admin.get("/openapi/v3"), "apis/apps/v1");
    Answer old = admin.get("/openapi/v3/apis/apps/v1?hash=OLD");
    assertThat(old.code()).isEqualTo(301);
    assertThat(old.header("Location")).isEqualTo(url);
    Answer document =
        admin.get(url, "Accept", "application/com.github.proto-openapi.spec.v3@v1.0+protobuf");

    assertThat(document.header("Content-Type"))
        .isEqualTo("application/com.github.proto-openapi.spec.v3.v1.0+protobuf");
    UnknownFieldSet read = UnknownFieldSet.parseFrom(document.bytes());
    assertThat(text(read, 1)).isEqualTo("3.0.0");
    UnknownFieldSet schemas = within(within(read, 5), 1);
    UnknownFieldSet deployment =
        schemas.getField(1).getLengthDelimitedList().stream()
            .map(SelfDescriptionTest::parsed)
            .filter(entry -> text(entry, 1).equals("io.k8s.api.apps.v1.Deployment"))
            .findFirst()
            .orElseThrow();
    UnknownFieldSet schema = within(within(deployment, 2), 1);
    assertThat(text(schema, 25)).isEqualTo("object");
    assertThat(within(schema, 31).getField(1).getLengthDelimitedList())
        .extracting(property -> text(parsed(property), 1))
        .contains("apiVersion", "kind", "metadata", "spec", "status");
  }

  private static UnknownFieldSet parsed(ByteString bytes) {
    try {
      return UnknownFieldSet.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
  }

  private static UnknownFieldSet within(UnknownFieldSet message, int field) {
    return parsed(message.getField(field).getLengthDelimitedList().getFirst());
  }

  private static String text(UnknownFieldSet message, int field) {
    return message.getField(field).getLengthDelimitedList().getFirst().toStringUtf8();
  }

  @Test
  void everyGroupVersionHasAnApiService() {
    Answer apps = admin.get("/apis/apiregistration.k8s.io/v1/apiservices/v1.apps");

    assertThat(apps.at("spec.service")).isEmpty();
    assertThat(apps.at("status.conditions.0.reason")).isEqualTo("Local");
    assertThat(admin.get("/apis/apiregistration.k8s.io/v1/apiservices/v1.").code()).isEqualTo(200);
  }

  @Test
  void theHealthOfTheOtherPartsIsTold() {
    Answer store = admin.get("/api/v1/componentstatuses/etcd-0");
    assertThat(store.at("conditions.0.type")).isEqualTo("Healthy");
    assertThat(store.at("conditions.0.status")).isEqualTo("True");

    Answer table =
        admin.get(
            "/api/v1/componentstatuses/etcd-0",
            "Accept",
            "application/json;as=Table;v=v1;g=meta.k8s.io");
    assertThat(table.at("rows.0.cells")).isEqualTo("[\"etcd-0\",\"Healthy\",\"ok\",\"\"]");

    Answer all = admin.get("/api/v1/componentstatuses");
    assertThat(all.at("kind")).isEqualTo("ComponentStatusList");
    assertThat(all.at("items.0.metadata.name")).isEqualTo("controller-manager");
    assertThat(admin.get("/api/v1/componentstatuses/none").code()).isEqualTo(404);
    assertThat(admin.post("/api/v1/componentstatuses", "{}").code()).isEqualTo(405);
  }

  @Test
  void serversBehindThisOneAreToldHowItAuthenticates() {
    Answer told =
        admin.get("/api/v1/namespaces/kube-system/configmaps/extension-apiserver-authentication");

    assertThat(told.at("data.client-ca-file")).startsWith("-----BEGIN CERTIFICATE-----");
  }

  private static String urlOf(Answer index, String path) {
    String start = "\"" + path + "\":{\"serverRelativeURL\":\"";
    int from = index.body().indexOf(start) + start.length();
    return index.body().substring(from, index.body().indexOf('"', from));
  }
}
