package dev.tiphys.apiserver.answer;

import dev.tiphys.api.schema.Struct;

/** Values as documents of their own in the forms that are not JSON. */
final class Documents {

  private Documents() {}

  static byte[] yaml(Struct value) {
    throw new UnsupportedOperationException("YAML of " + value.structType().name());
  }

  static byte[] protobuf(Struct value) {
    throw new UnsupportedOperationException("protobuf of " + value.structType().name());
  }
}
