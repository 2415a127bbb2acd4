package dev.tiphys.apiserver.answer;

import dev.tiphys.api.codec.ProtobufCodec;
import dev.tiphys.api.codec.YamlCodec;
import dev.tiphys.api.schema.Struct;
import java.nio.charset.StandardCharsets;

/** Values as documents of their own in the forms that are not JSON. */
final class Documents {

  /** Remembers how each type is written; a function without effects all the same. */
  static final ProtobufCodec PROTOBUF = new ProtobufCodec();

  private Documents() {}

  static byte[] yaml(Struct value) {
    return YamlCodec.encode(value).getBytes(StandardCharsets.UTF_8);
  }

  static byte[] protobuf(Struct value) {
    return PROTOBUF.encode(value);
  }
}
