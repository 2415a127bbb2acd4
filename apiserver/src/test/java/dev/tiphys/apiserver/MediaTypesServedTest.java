package dev.tiphys.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.api.codec.CborCodec;
import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.api.codec.ProtobufCodec;
import dev.tiphys.api.core.v1.ConfigMap;
import dev.tiphys.api.core.v1.Secret;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.api.meta.v1.PartialObjectMetadataList;
import dev.tiphys.api.value.Bytes;
import dev.tiphys.apiserver.TestApi.Answer;
import dev.tiphys.apiserver.TestApi.Client;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The same objects in every form that clients ask for. */
@ExtendWith(SharedApi.class)
final class MediaTypesServedTest {

  private static final String MAPS = "/api/v1/namespaces/default/configmaps";
  private static final String SECRETS = "/api/v1/namespaces/default/secrets";
  private static final String PROTOBUF = "application/vnd.kubernetes.protobuf";
  private static final String CBOR = "application/cbor";
  private static final String META = ";g=meta.k8s.io;v=v1";

  private final Client admin;

  MediaTypesServedTest(TestApi api) {
    this.admin = api.admin();
  }

  private static String json(byte[] cbor) {
    return new String(CborCodec.toJson(cbor), StandardCharsets.UTF_8);
  }

  @Test
  void cborIsReadAndWritten() {
    Secret secret =
        Secret.builder()
            .metadata(ObjectMeta.builder().name("cbor").labels(Map.of("set", "cbor")).build())
            .data(Map.of("k", Bytes.copyOf(new byte[] {0, (byte) 0xff})))
            .build();

    Answer created = admin.send("POST", SECRETS, CBOR, CborCodec.encode(secret), "Accept", CBOR);
    Answer listed = admin.get(SECRETS + "?labelSelector=set%3Dcbor", "Accept", CBOR);
    Answer gone =
        admin.send(
            "DELETE",
            SECRETS + "/cbor",
            CBOR,
            CborCodec.fromJson("{\"kind\":\"DeleteOptions\"}".getBytes(StandardCharsets.UTF_8)));

    assertThat(created.code()).isEqualTo(201);
    assertThat(created.header("Content-Type")).isEqualTo(CBOR);
    assertThat(json(created.bytes())).contains("\"data\":{\"k\":\"AP8=\"}");
    assertThat(json(listed.bytes())).startsWith("{\"kind\":\"SecretList\",\"apiVersion\":\"v1\"");
    assertThat(gone.at("status")).isEqualTo("Success");
  }

  @Test
  void unknownFieldsOfCborAreToldToo() {
    byte[] body =
        CborCodec.fromJson(
            "{\"metadata\":{\"name\":\"strict\"},\"dta\":1}".getBytes(StandardCharsets.UTF_8));

    Answer refused = admin.send("POST", MAPS + "?fieldValidation=Strict", CBOR, body);

    assertThat(refused.code()).isEqualTo(400);
    assertThat(refused.at("message")).contains("unknown field \"dta\"");
  }

  @Test
  void cborIsApplied() {
    byte[] config =
        CborCodec.fromJson(
            """
            {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"apply-cbor"},
             "data":{"a":"b"}}
            """
                .getBytes(StandardCharsets.UTF_8));

    Answer applied =
        admin.send(
            "PATCH", MAPS + "/apply-cbor?fieldManager=me", "application/apply-patch+cbor", config);

    assertThat(applied.code()).as(applied.body()).isEqualTo(201);
    assertThat(applied.at("metadata.managedFields.0.operation")).isEqualTo("Apply");
  }

  @Test
  void refusalsComeInTheFormAskedFor() {
    Answer missing = admin.get(MAPS + "/nobody", "Accept", CBOR);

    assertThat(missing.code()).isEqualTo(404);
    assertThat(json(missing.bytes())).contains("\"reason\":\"NotFound\"");
  }

  @Test
  void metadataListsSayOfEachItemWhatItIs() {
    admin.post(MAPS, "{\"metadata\":{\"name\":\"meta1\",\"labels\":{\"set\":\"meta\"}}}");
    String path = MAPS + "?labelSelector=set%3Dmeta";
    String accept = ";as=PartialObjectMetadataList" + META;

    Answer inJson = admin.get(path, "Accept", "application/json" + accept);
    Answer inYaml = admin.get(path, "Accept", "application/yaml" + accept);
    Answer inProtobuf = admin.get(path, "Accept", PROTOBUF + accept);
    Answer old =
        admin.get(path, "Accept", "application/json" + accept.replace("v=v1", "v=v1beta1"));

    assertThat(inJson.at("kind")).isEqualTo("PartialObjectMetadataList");
    assertThat(inJson.at("items.0.kind")).isEqualTo("PartialObjectMetadata");
    assertThat(inJson.at("items.0.apiVersion")).isEqualTo("meta.k8s.io/v1");
    assertThat(inYaml.body()).contains("kind: PartialObjectMetadataList\n").contains("name: meta1");
    assertThat(
            new ProtobufCodec()
                .decode(inProtobuf.bytes(), PartialObjectMetadataList.TYPE)
                .items()
                .getFirst()
                .metadata()
                .name())
        .isEqualTo("meta1");
    assertThat(old.at("apiVersion")).isEqualTo("meta.k8s.io/v1beta1");
    assertThat(old.at("items.0.apiVersion")).isEqualTo("meta.k8s.io/v1beta1");
  }

  @Test
  void oneIsNotAList() {
    Answer list = admin.get(MAPS, "Accept", "application/json;as=PartialObjectMetadata" + META);
    Answer one =
        admin.get(
            "/api/v1/namespaces/default",
            "Accept",
            "application/json;as=PartialObjectMetadataList" + META);

    assertThat(list.code()).isEqualTo(406);
    assertThat(list.at("message"))
        .startsWith("you requested PartialObjectMetadata, but the requested object is a list");
    assertThat(one.code()).isEqualTo(406);
  }

  @Test
  void tablesIncludeWhatIsAskedFor() {
    admin.post(MAPS, "{\"metadata\":{\"name\":\"table\"},\"data\":{\"a\":\"b\"}}");
    String accept = "application/json;as=Table" + META;

    assertThat(admin.get(MAPS + "/table", "Accept", accept).at("rows.0.object.kind"))
        .isEqualTo("PartialObjectMetadata");
    assertThat(
            admin
                .get(MAPS + "/table?includeObject=Object", "Accept", accept)
                .at("rows.0.object.data.a"))
        .isEqualTo("b");
    assertThat(admin.get(MAPS + "/table?includeObject=None", "Accept", accept).at("rows.0.object"))
        .isEmpty();
    assertThat(admin.get(MAPS + "/table?includeObject=Some", "Accept", accept).code())
        .isEqualTo(400);
    assertThat(
            admin
                .get(MAPS + "/table", "Accept", PROTOBUF + ";as=Table" + META + "," + PROTOBUF)
                .header("Content-Type"))
        .as("a table has no message")
        .isEqualTo(PROTOBUF);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "curl/8.0 | '' | true",
        "curl/8.0 | ?pretty=false | false",
        "curl/8.0 | ?pretty=0 | false",
        "test | ?pretty=true | true",
        "test | ?pretty=yes | false",
        "test | '' | false",
      })
  void peopleGetPrettyJson(String agent, String query, boolean pretty) {
    Answer answer = admin.get("/api/v1/namespaces/default" + query, "User-Agent", agent);

    assertThat(answer.body().startsWith("{\n  \"kind\"")).isEqualTo(pretty);
  }

  @Test
  void longAnswersAreCompressedForThoseWhoSaySo() throws Exception {
    String value = "x".repeat(200_000);
    admin.post(MAPS, "{\"metadata\":{\"name\":\"long\"},\"data\":{\"a\":\"" + value + "\"}}");

    Answer answer = admin.get(MAPS + "/long", "Accept-Encoding", "gzip");

    assertThat(answer.header("Content-Encoding")).isEqualTo("gzip");
    assertThat(answer.header("Vary")).isEqualTo("Accept-Encoding");
    byte[] plain = new GZIPInputStream(new ByteArrayInputStream(answer.bytes())).readAllBytes();
    assertThat(((JsonTree.Obj) JsonTree.parse(plain)).get("kind"))
        .isEqualTo(new JsonTree.Text("ConfigMap"));
    assertThat(admin.get(MAPS + "/long").header("Content-Encoding")).isEmpty();
  }

  @Test
  void protobufIsReadAndWritten() {
    byte[] body =
        new ProtobufCodec()
            .encode(
                ConfigMap.builder()
                    .metadata(ObjectMeta.builder().name("proto-served").build())
                    .build());

    Answer created = admin.send("POST", MAPS, PROTOBUF, body, "Accept", PROTOBUF);

    assertThat(created.header("Content-Type")).isEqualTo(PROTOBUF);
    assertThat(new ProtobufCodec().decode(created.bytes(), ConfigMap.TYPE).metadata().uid())
        .isNotEmpty();
  }
}
