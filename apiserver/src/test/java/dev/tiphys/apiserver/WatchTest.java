package dev.tiphys.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.api.codec.CborCodec;
import dev.tiphys.api.codec.JsonCodec;
import dev.tiphys.api.codec.ProtobufCodec;
import dev.tiphys.api.core.v1.ConfigMap;
import dev.tiphys.api.meta.v1.PartialObjectMetadata;
import dev.tiphys.apiserver.TestApi.Answer;
import dev.tiphys.apiserver.TestApi.Client;
import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** How watches begin, what they tell, in which forms, and how they end. */
@ExtendWith(SharedApi.class)
final class WatchTest {

  private static final String MAPS = "/api/v1/namespaces/default/configmaps";
  private static final String PROTOBUF = "application/vnd.kubernetes.protobuf";

  private final TestApi api;
  private final Client admin;

  WatchTest(TestApi api) {
    this.api = api;
    this.admin = api.admin();
  }

  private Answer create(String name, String labels) {
    Answer created =
        admin.post(MAPS, "{\"metadata\":{\"name\":\"" + name + "\",\"labels\":{" + labels + "}}}");
    assertThat(created.code()).isEqualTo(201);
    return created;
  }

  private static String watch(String name, String more) {
    return MAPS + "?watch=1&timeoutSeconds=5&fieldSelector=metadata.name%3D" + name + more;
  }

  private static BufferedReader lines(InputStream stream) {
    return new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8));
  }

  private void label(String name, String value) {
    admin.patch(
        MAPS + "/" + name,
        "merge-patch+json",
        "{\"metadata\":{\"labels\":{\"see\":" + value + "}}}");
  }

  @Test
  void overAWebSocketEachEventIsAMessage() throws Exception {
    BlockingQueue<String> messages = new LinkedBlockingQueue<>();
    WebSocket socket = admin.socket(watch("socket", ""), messages::add);

    create("socket", "");
    admin.delete(MAPS + "/socket", "");

    assertThat(messages.poll(20, TimeUnit.SECONDS)).startsWith("{\"type\":\"ADDED\",\"object\":{");
    assertThat(messages.poll(20, TimeUnit.SECONDS)).startsWith("{\"type\":\"DELETED\"");
    socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
  }

  @Test
  void aBrowsersTokenComesAmongTheSubprotocols() throws Exception {
    String bearer =
        "base64url.bearer.authorization.k8s.io."
            + Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString("admin-token".getBytes(StandardCharsets.UTF_8));
    BlockingQueue<String> messages = new LinkedBlockingQueue<>();

    WebSocket socket =
        api.as(null).socket(watch("browser", ""), messages::add, bearer, "binary.k8s.io");
    create("browser", "");

    assertThat(socket.getSubprotocol()).isEqualTo("binary.k8s.io");
    assertThat(messages.poll(20, TimeUnit.SECONDS)).startsWith("{\"type\":\"ADDED\"");
    socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
    assertThatThrownBy(
            () -> api.as(null).socket(watch("browser", ""), messages::add, bearer + "x", "a"))
        .hasCauseInstanceOf(WebSocketHandshakeException.class);
  }

  @Test
  void aSelectorTurnsUpdatesIntoArrivalsAndDepartures() throws Exception {
    String version = create("turns", "\"see\":\"no\"").at("metadata.resourceVersion");
    try (BufferedReader events =
        lines(
            admin.stream(watch("turns", "&labelSelector=see%3Dyes&resourceVersion=" + version)))) {
      label("turns", "\"yes\"");
      label("turns", "\"no\"");
      label("turns", "\"yes\"");
      admin.delete(MAPS + "/turns", "");

      assertThat(events.readLine()).startsWith("{\"type\":\"ADDED\"").contains("\"see\":\"yes\"");
      // As upstream: what leaves is told as it is now, for its version must go on.
      assertThat(events.readLine()).startsWith("{\"type\":\"DELETED\"");
      assertThat(events.readLine()).startsWith("{\"type\":\"ADDED\"");
      assertThat(events.readLine()).startsWith("{\"type\":\"DELETED\"");
      assertThat(events.readLine()).as("its time is over").isNull();
    }
  }

  @Test
  void protobufEventsAreBareMessagesBehindTheirLength() throws Exception {
    String version = create("proto", "").at("metadata.resourceVersion");
    admin.delete(MAPS + "/proto", "");
    try (DataInputStream events =
        new DataInputStream(
            admin.stream(
                watch("proto", "&resourceVersion=" + (Long.parseLong(version) - 1)),
                "Accept",
                PROTOBUF + ";stream=watch"))) {
      ProtobufCodec.WatchEvent added =
          ProtobufCodec.decodeWatchEvent(events.readNBytes(events.readInt()));
      ProtobufCodec.WatchEvent deleted =
          ProtobufCodec.decodeWatchEvent(events.readNBytes(events.readInt()));

      assertThat(added.type()).isEqualTo("ADDED");
      assertThat(new ProtobufCodec().decode(added.object(), ConfigMap.TYPE).metadata().name())
          .isEqualTo("proto");
      assertThat(deleted.type()).isEqualTo("DELETED");
    }
  }

  @Test
  void metadataAloneIsWatchedInProtobuf() throws Exception {
    String version = create("meta", "").at("metadata.resourceVersion");
    try (DataInputStream events =
        new DataInputStream(
            admin.stream(
                watch("meta", "&resourceVersion=" + (Long.parseLong(version) - 1)),
                "Accept",
                PROTOBUF + ";as=PartialObjectMetadata;v=v1;g=meta.k8s.io"))) {
      byte[] object = ProtobufCodec.decodeWatchEvent(events.readNBytes(events.readInt())).object();

      assertThat(ProtobufCodec.open(object).type().kind()).isEqualTo("PartialObjectMetadata");
      assertThat(new ProtobufCodec().decode(object, PartialObjectMetadata.TYPE).metadata().name())
          .isEqualTo("meta");
    }
  }

  @Test
  void cborEventsAreASequence() throws Exception {
    String version = create("cbor", "").at("metadata.resourceVersion");
    try (InputStream events =
        admin.stream(
            watch("cbor", "&timeoutSeconds=1&resourceVersion=" + (Long.parseLong(version) - 1)),
            "Accept",
            "application/cbor-seq")) {
      byte[] all = events.readAllBytes();

      assertThat(Arrays.copyOf(all, 3))
          .isEqualTo(new byte[] {(byte) 0xd9, (byte) 0xd9, (byte) 0xf7});
      assertThat(JsonCodec.peek(CborCodec.toJson(all)).kind()).isEmpty();
      assertThat(new String(CborCodec.toJson(all), StandardCharsets.UTF_8))
          .startsWith("{\"type\":\"ADDED\",\"object\":{\"kind\":\"ConfigMap\"");
    }
  }

  @Test
  void aLastBookmarkComesBeforeTheEnd() throws Exception {
    String revision = admin.get(MAPS).at("metadata.resourceVersion");
    String asked = "?watch=1&timeoutSeconds=3&resourceVersion=" + revision;
    try (BufferedReader events =
        lines(admin.stream(MAPS + asked + "&allowWatchBookmarks=true&labelSelector=none"))) {
      assertThat(events.readLine()).contains("\"type\":\"BOOKMARK\"");
      assertThat(events.readLine()).isNull();
    }
  }

  @Test
  void initialEventsEndWithAMarkedBookmark() throws Exception {
    create("first", "\"set\":\"initial\"");
    try (BufferedReader events =
        lines(
            admin.stream(
                MAPS
                    + "?watch=1&timeoutSeconds=5&labelSelector=set%3Dinitial"
                    + "&sendInitialEvents=true&allowWatchBookmarks=true"
                    + "&resourceVersionMatch=NotOlderThan"))) {
      assertThat(events.readLine()).startsWith("{\"type\":\"ADDED\"");
      assertThat(events.readLine())
          .startsWith("{\"type\":\"BOOKMARK\"")
          .contains("\"k8s.io/initial-events-end\":\"true\"");
    }
  }

  @Test
  void aClientThatIsBehindHoldsUpNobodyAndMissesNothing() throws Exception {
    String version = create("behind", "").at("metadata.resourceVersion");
    int events = 24;
    String text = "x".repeat(900_000);
    try (BufferedReader behind =
            lines(
                admin.stream(
                    MAPS
                        + "?watch=1&timeoutSeconds=120&fieldSelector=metadata.name%3Dbehind&resourceVersion="
                        + version));
        BufferedReader beside =
            lines(
                admin.stream(
                    MAPS + "?watch=1&timeoutSeconds=120&fieldSelector=metadata.name%3Dbeside"))) {
      // More than its stream takes unread.
      for (int i = 0; i < events; i++) {
        String data = "{\"event\":\"" + i + "\",\"text\":\"" + text + "\"}";
        Answer put =
            admin.put(
                MAPS + "/behind", "{\"metadata\":{\"name\":\"behind\"},\"data\":" + data + "}");
        assertThat(put.code()).isEqualTo(200);
      }
      create("beside", "");
      assertThat(beside.readLine()).startsWith("{\"type\":\"ADDED\"");

      for (int i = 0; i < events; i++) {
        assertThat(behind.readLine())
            .startsWith("{\"type\":\"MODIFIED\"")
            .contains("\"event\":\"" + i + "\"");
      }
    }
  }

  @Test
  void tablesHaveHeadingsOnce() throws Exception {
    create("rows1", "\"set\":\"rows\"");
    create("rows2", "\"set\":\"rows\"");
    try (BufferedReader events =
        lines(
            admin.stream(
                MAPS + "?watch=1&timeoutSeconds=5&labelSelector=set%3Drows",
                "Accept",
                "application/json;as=Table;v=v1;g=meta.k8s.io"))) {
      assertThat(events.readLine()).contains("\"columnDefinitions\":[{\"name\":\"Name\"");
      assertThat(events.readLine()).contains("\"columnDefinitions\":[]");
    }
  }
}
