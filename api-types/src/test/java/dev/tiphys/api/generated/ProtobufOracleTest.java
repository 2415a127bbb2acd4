package dev.tiphys.api.generated;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.tiphys.api.Kinds;
import dev.tiphys.api.codec.CborCodec;
import dev.tiphys.api.codec.JsonCodec;
import dev.tiphys.api.codec.ProtobufCodec;
import dev.tiphys.api.schema.Struct;
import dev.tiphys.api.schema.StructType;
import io.kubernetes.client.proto.Meta;
import io.kubernetes.client.proto.V1;
import io.kubernetes.client.proto.V1Admissionregistration;
import io.kubernetes.client.proto.V1Apps;
import io.kubernetes.client.proto.V1Authentication;
import io.kubernetes.client.proto.V1Authorization;
import io.kubernetes.client.proto.V1Autoscaling;
import io.kubernetes.client.proto.V1Batch;
import io.kubernetes.client.proto.V1Certificates;
import io.kubernetes.client.proto.V1Coordination;
import io.kubernetes.client.proto.V1Discovery;
import io.kubernetes.client.proto.V1Events;
import io.kubernetes.client.proto.V1Flowcontrol;
import io.kubernetes.client.proto.V1Networking;
import io.kubernetes.client.proto.V1Node;
import io.kubernetes.client.proto.V1Policy;
import io.kubernetes.client.proto.V1Rbac;
import io.kubernetes.client.proto.V1Resource;
import io.kubernetes.client.proto.V1Scheduling;
import io.kubernetes.client.proto.V1Storage;
import io.kubernetes.client.proto.V2Autoscaling;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The official messages read what we write, without a field unknown to them, and back. */
class ProtobufOracleTest {

  private static final int DEPTH = 3;

  private static final Map<String, Descriptor> OFFICIAL = officialMessages();

  private final ProtobufCodec codec = new ProtobufCodec();

  private static Map<String, Descriptor> officialMessages() {
    List<FileDescriptor> files =
        List.of(
            Meta.getDescriptor(),
            V1.getDescriptor(),
            V1Admissionregistration.getDescriptor(),
            V1Apps.getDescriptor(),
            V1Authentication.getDescriptor(),
            V1Authorization.getDescriptor(),
            V1Autoscaling.getDescriptor(),
            V1Batch.getDescriptor(),
            V1Certificates.getDescriptor(),
            V1Coordination.getDescriptor(),
            V1Discovery.getDescriptor(),
            V1Events.getDescriptor(),
            V1Flowcontrol.getDescriptor(),
            V1Networking.getDescriptor(),
            V1Node.getDescriptor(),
            V1Policy.getDescriptor(),
            V1Rbac.getDescriptor(),
            V1Resource.getDescriptor(),
            V1Scheduling.getDescriptor(),
            V1Storage.getDescriptor(),
            V2Autoscaling.getDescriptor());
    Map<String, Descriptor> messages = new HashMap<>();
    for (FileDescriptor file : files) {
      file.getMessageTypes().forEach(type -> messages.put(type.getFullName(), type));
    }
    return messages;
  }

  @Test
  void officialMessagesReadWhatWeWriteAndBack() throws InvalidProtocolBufferException {
    Set<String> strangers = new TreeSet<>();
    int compared = 0;
    for (StructType<?> type : Kinds.allTypes()) {
      Descriptor official = OFFICIAL.get(type.name().replaceFirst("^io\\.k8s\\.", "k8s.io."));
      if (official == null) {
        continue;
      }
      compared++;
      Struct full = Samples.full(type, DEPTH);
      DynamicMessage read = DynamicMessage.parseFrom(official, codec.encodeMessage(full));
      collectUnknown(read, strangers);
      byte[] theirs = read.toByteArray();
      assertThat(codec.decodeMessage(theirs, 0, theirs.length, type))
          .as(type.name())
          .isEqualTo(full);
    }
    assertThat(strangers).isEmpty();
    assertThat(compared).isGreaterThan(250);
  }

  /** Whatever is set in an object, the official messages keep all of it, and so do we of theirs. */
  @Property(tries = 12)
  void randomObjectsTravelThroughOfficialMessages(@ForAll long seed)
      throws InvalidProtocolBufferException {
    for (StructType<?> type : Kinds.allTypes()) {
      Descriptor official = OFFICIAL.get(type.name().replaceFirst("^io\\.k8s\\.", "k8s.io."));
      if (official == null) {
        continue;
      }
      Struct ours = RandomSamples.of(type, seed, DEPTH);
      DynamicMessage read = DynamicMessage.parseFrom(official, codec.encodeMessage(ours));
      byte[] theirs = read.toByteArray();
      Struct back = codec.decodeMessage(theirs, 0, theirs.length, type);

      assertThat(back).as(type.name()).isEqualTo(ours);
      assertThat(DynamicMessage.parseFrom(official, codec.encodeMessage(back)))
          .as(type.name())
          .isEqualTo(read);
    }
  }

  @Property(tries = 4)
  void randomObjectsTravelAsJsonAndCbor(@ForAll long seed) {
    for (StructType<?> type : Kinds.allTypes()) {
      if (type.kind() != null) {
        Struct ours = RandomSamples.of(type, seed, 2);
        byte[] json = JsonCodec.encode(ours);

        assertThat(JsonCodec.decode(json, type)).as(type.name()).isEqualTo(ours);
        assertThat(JsonCodec.decode(CborCodec.toJson(CborCodec.encode(ours)), type))
            .as(type.name())
            .isEqualTo(ours);
      }
    }
  }

  private static void collectUnknown(Message message, Set<String> found) {
    message
        .getUnknownFields()
        .asMap()
        .keySet()
        .forEach(number -> found.add(message.getDescriptorForType().getFullName() + "/" + number));
    message
        .getAllFields()
        .values()
        .forEach(value -> {
          if (value instanceof Message inner) {
            collectUnknown(inner, found);
          } else if (value instanceof List<?> list) {
            list.forEach(element -> {
              if (element instanceof Message inner) {
                collectUnknown(inner, found);
              }
            });
          }
        });
  }

  @Test
  void everyKindTravelsInItsEnvelope() {
    for (StructType<?> type : Kinds.allTypes()) {
      if (type.kind() != null && type.fields().stream().allMatch(field -> field.number() > 0)) {
        Struct full = Samples.full(type, DEPTH);
        Struct empty = type.create(new @Nullable Object[type.fields().size()]);
        assertThat(codec.decode(codec.encode(full), type)).as(type.name()).isEqualTo(full);
        assertThat(codec.decode(codec.encode(empty), type)).as(type.name()).isEqualTo(empty);
      }
    }
  }
}
