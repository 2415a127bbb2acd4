package dev.tiphys.store.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.tiphys.store.rpc.AuthRoleGetResponse;
import dev.tiphys.store.rpc.RangeResponse;
import dev.tiphys.store.rpc.StatusResponse;
import dev.tiphys.store.rpc.TxnRequest;
import dev.tiphys.store.rpc.WatchRequest;
import dev.tiphys.store.rpc.WatchResponse;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

class MessageJsonTest {
  private static final List<Message> TYPES =
      List.of(
          TxnRequest.getDefaultInstance(),
          RangeResponse.getDefaultInstance(),
          WatchRequest.getDefaultInstance(),
          WatchResponse.getDefaultInstance(),
          StatusResponse.getDefaultInstance(),
          AuthRoleGetResponse.getDefaultInstance());
  private static final JsonFactory JSON = new JsonFactory();

  @Property(tries = 300)
  void whatIsWrittenIsReadAsItWas(@ForAll @IntRange(max = 5) int type, @ForAll long seed) {
    var message = random(TYPES.get(type), new Random(seed), 0);
    var text = text(message);
    try (var reader = new MessageReader(JSON, text.getBytes(StandardCharsets.UTF_8))) {
      assertThat(Objects.requireNonNull(reader.next(TYPES.get(type)))).as(text).isEqualTo(message);
      assertThat(reader.next(TYPES.get(type))).isNull();
    }
  }

  @Test
  void valuesAreReadOneAfterTheOther() {
    byte[] text = "{\"version\":\"a\"}{\"version\":\"b\"} \n null".getBytes(StandardCharsets.UTF_8);
    var empty = StatusResponse.getDefaultInstance();
    try (var reader = new MessageReader(JSON, text)) {
      assertThat(reader.next(empty)).isEqualTo(empty.toBuilder().setVersion("a").build());
      assertThat(reader.next(empty)).isEqualTo(empty.toBuilder().setVersion("b").build());
      assertThat(reader.next(empty)).isEqualTo(empty);
      assertThat(reader.next(empty)).isNull();
    }
  }

  @Test
  void numbersAreWithoutASignWhereTheyHaveNone() {
    var message =
        StatusResponse.newBuilder().setLeader(-1).setDbSize(-1).addErrors("\u0001é\"").build();
    assertThat(text(message))
        .isEqualTo(
            "{\"dbSize\":\"-1\",\"leader\":\"18446744073709551615\","
                + "\"errors\":[\"\\u0001é\\\"\"]}");
  }

  private static String text(Message message) {
    var text = new ByteArrayOutputStream();
    try (var out = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
      MessageWriter.write(out, message);
    }
    return text.toString(StandardCharsets.UTF_8);
  }

  private static Message random(Message empty, Random random, int depth) {
    var builder = empty.newBuilderForType();
    for (var field : empty.getDescriptorForType().getFields()) {
      boolean leaf = field.getJavaType() != FieldDescriptor.JavaType.MESSAGE;
      if (random.nextInt(3) == 0 || (!leaf && depth > 4)) {
        continue;
      }
      if (field.isRepeated()) {
        for (int i = random.nextInt(4); i > 0; i--) {
          builder.addRepeatedField(field, value(builder, field, random, depth));
        }
      } else {
        builder.setField(field, value(builder, field, random, depth));
      }
    }
    return builder.build();
  }

  private static Object value(
      Message.Builder parent, FieldDescriptor field, Random random, int depth) {
    return switch (field.getJavaType()) {
      case MESSAGE ->
          random(parent.newBuilderForField(field).getDefaultInstanceForType(), random, depth + 1);
      case ENUM -> constant(field.getEnumType(), random);
      case BOOLEAN -> random.nextBoolean();
      case STRING ->
          random
              .ints(random.nextInt(5), 1, 0xD7FF)
              .mapToObj(Character::toString)
              .reduce("", String::concat);
      case BYTE_STRING -> {
        byte[] bytes = new byte[random.nextInt(20)];
        random.nextBytes(bytes);
        yield ByteString.copyFrom(bytes);
      }
      case INT -> random.nextInt() >> random.nextInt(32);
      case LONG -> random.nextLong() >> random.nextInt(64);
      case FLOAT, DOUBLE -> throw new AssertionError(field);
    };
  }

  private static Object constant(EnumDescriptor type, Random random) {
    return random.nextInt(5) == 0
        ? type.findValueByNumberCreatingIfUnknown(100)
        : type.getValues().get(random.nextInt(type.getValues().size()));
  }
}
