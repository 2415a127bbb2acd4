package dev.tiphys.api.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodList;
import dev.tiphys.api.core.v1.Service;
import dev.tiphys.api.meta.v1.ListMeta;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.api.schema.GroupVersionKind;
import io.kubernetes.client.proto.IntStr;
import io.kubernetes.client.proto.Meta;
import io.kubernetes.client.proto.Runtime;
import io.kubernetes.client.proto.V1;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ProtobufCodecTest {

  private final ProtobufCodec codec = new ProtobufCodec();

  private static Pod pod(String name) {
    return Pod.builder().metadata(ObjectMeta.builder().name(name).build()).build();
  }

  @Test
  void writesTheEnvelopeByteForByte() {
    assertThat(HexFormat.of().formatHex(codec.encode(pod("a"))))
        .isEqualTo(
            // k8s\0
            "6b387300"
                // 1: { 1: "v1" 2: "Pod" }
                + "0a09"
                + "0a027631"
                + "1203506f64"
                // 2: { 1: { 1: "a" } }
                + "1205"
                + "0a03"
                + "0a0161"
                // 3: "" 4: ""
                + "1a00"
                + "2200");
  }

  @Test
  void officialEnvelopeReadsIt() throws InvalidProtocolBufferException {
    byte[] document = codec.encode(pod("é😀"));
    Runtime.Unknown unknown =
        Runtime.Unknown.parseFrom(Arrays.copyOfRange(document, 4, document.length));
    assertThat(unknown.getTypeMeta().getKind()).isEqualTo("Pod");
    assertThat(V1.Pod.parseFrom(unknown.getRaw()).getMetadata().getName()).isEqualTo("é😀");
  }

  @Test
  void zerosThatUpstreamAlwaysWritesAreAbsent() {
    byte[] theirs =
        V1.Pod.newBuilder()
            .setMetadata(
                Meta.ObjectMeta.newBuilder()
                    .setName("a")
                    .setGenerateName("")
                    .setGeneration(0)
                    .setCreationTimestamp(Meta.Time.getDefaultInstance()))
            .setSpec(
                V1.PodSpec.newBuilder()
                    .setHostNetwork(false)
                    .setNodeName("")
                    .setTerminationGracePeriodSeconds(0))
            .build()
            .toByteArray();
    Pod pod = codec.decodeMessage(theirs, 0, theirs.length, Pod.TYPE);
    assertThat(JsonCodec.encodeToString(pod))
        .isEqualTo(
            "{\"kind\":\"Pod\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"a\"},"
                + "\"spec\":{\"containers\":[],\"terminationGracePeriodSeconds\":0}}");
  }

  @Test
  void intOrStringKeepsItsKind() {
    byte[] theirs =
        V1.Service.newBuilder()
            .setSpec(
                V1.ServiceSpec.newBuilder()
                    .addPorts(
                        V1.ServicePort.newBuilder()
                            .setPort(-1)
                            .setTargetPort(
                                IntStr.IntOrString.newBuilder()
                                    .setType(1)
                                    .setIntVal(0)
                                    .setStrVal("http")))
                    .addPorts(
                        V1.ServicePort.newBuilder()
                            .setPort(1)
                            .setTargetPort(
                                IntStr.IntOrString.newBuilder()
                                    .setType(0)
                                    .setIntVal(8080)
                                    .setStrVal(""))))
            .build()
            .toByteArray();
    Service service = codec.decodeMessage(theirs, 0, theirs.length, Service.TYPE);
    assertThat(JsonCodec.anyToString(service.spec()))
        .isEqualTo(
            "{\"ports\":[{\"port\":-1,\"targetPort\":\"http\"},{\"port\":1,\"targetPort\":8080}]}");
    assertThat(codec.encodeMessage(service)).isEqualTo(withMetadata(theirs));
  }

  /** An object of ours always has metadata. */
  private static byte[] withMetadata(byte[] message) {
    return ByteString.copyFrom(new byte[] {0x0a, 0})
        .concat(ByteString.copyFrom(message))
        .toByteArray();
  }

  @Test
  void listsAreMadeOfEncodedObjects() {
    List<byte[]> items =
        List.of(codec.encodeMessage(pod("a")), codec.encodeMessage(pod("b".repeat(200))));
    long length = 0;
    for (byte[] item : items) {
      length += ProtobufCodec.itemHead(item.length).length + item.length;
    }
    ByteArrayOutputStream list = new ByteArrayOutputStream();
    ListMeta metadata = ListMeta.builder().resourceVersion("7").build();
    list.writeBytes(codec.listStart(new GroupVersionKind("", "v1", "PodList"), metadata, length));
    for (byte[] item : items) {
      list.writeBytes(ProtobufCodec.itemHead(item.length));
      list.writeBytes(item);
    }
    list.writeBytes(ProtobufCodec.listEnd());
    PodList expected =
        PodList.builder().metadata(metadata).items(pod("a"), pod("b".repeat(200))).build();
    assertThat(list.toByteArray()).isEqualTo(codec.encode(expected));
    assertThat(codec.decode(list.toByteArray(), PodList.TYPE)).isEqualTo(expected);
  }

  @Test
  void watchEventsCarryDocuments() throws InvalidProtocolBufferException {
    byte[] object = codec.encode(pod("a"));
    byte[] event = ProtobufCodec.watchEvent("ADDED", object);
    Meta.WatchEvent official = Meta.WatchEvent.parseFrom(event);
    assertThat(official.getType()).isEqualTo("ADDED");
    assertThat(official.getObject().getRaw().toByteArray()).isEqualTo(object);
    ProtobufCodec.WatchEvent ours = ProtobufCodec.decodeWatchEvent(event);
    assertThat(ours.type()).isEqualTo("ADDED");
    assertThat(codec.decode(ours.object(), Pod.TYPE)).isEqualTo(pod("a"));
  }

  @Test
  void unknownFieldsAreSkipped() {
    byte[] message = {
      (byte) 0xf8,
      0x7f,
      1,
      (byte) 0xfa,
      0x7f,
      2,
      1,
      2,
      (byte) 0xf9,
      0x7f,
      1,
      2,
      3,
      4,
      5,
      6,
      7,
      8,
      (byte) 0xfd,
      0x7f,
      1,
      2,
      3,
      4
    };
    assertThat(codec.decodeMessage(message, 0, message.length, Pod.TYPE))
        .isEqualTo(Pod.builder().build());
  }

  @Test
  void brokenBytesAreRefused() {
    byte[] document = codec.encode(pod("abc"));
    for (int length = 0; length < document.length - 4; length++) {
      byte[] cut = Arrays.copyOf(document, length);
      if (length == 4 || length == 15) {
        continue; // An envelope without a message is one of an empty object.
      }
      assertThatThrownBy(() -> codec.decode(cut, Pod.TYPE)).isInstanceOf(DecodeException.class);
    }
    assertThat(Objects.requireNonNull(Pod.TYPE.kind()).kind()).isEqualTo("Pod");
  }
}
