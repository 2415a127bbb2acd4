package dev.tiphys.api.generator;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Label;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Type;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import dev.tiphys.api.generator.options.FieldRules;
import dev.tiphys.api.generator.options.FileRules;
import dev.tiphys.api.generator.options.MessageRules;
import dev.tiphys.api.generator.options.Options;
import java.util.List;

/** Small descriptions, as protoc would hand them over. */
final class Descriptions {

  private Descriptions() {}

  /** A file of group {@code example.io}, version v1, with a field-less ObjectMeta beside it. */
  static List<FileDescriptorProto> file(DescriptorProto... messages) {
    FileDescriptorProto.Builder meta =
        FileDescriptorProto.newBuilder().setName("meta/v1.proto").setPackage("k8s.meta.v1");
    meta.getOptionsBuilder()
        .setExtension(
            Options.file,
            FileRules.newBuilder()
                .setJavaPackage("dev.tiphys.api.meta.v1")
                .setOpenapiPrefix("io.meta.v1")
                .build());
    meta.addMessageType(DescriptorProto.newBuilder().setName("ObjectMeta"));
    FileDescriptorProto.Builder file =
        FileDescriptorProto.newBuilder().setName("example/v1.proto").setPackage("example.v1");
    file.getOptionsBuilder()
        .setExtension(
            Options.file,
            FileRules.newBuilder()
                .setJavaPackage("dev.example.v1")
                .setGroup("example.io")
                .setVersion("v1")
                .setOpenapiPrefix("io.example.v1")
                .build());
    return List.of(meta.build(), file.addAllMessageType(List.of(messages)).build());
  }

  static DescriptorProto message(String name, FieldDescriptorProto... fields) {
    return message(name, MessageRules.getDefaultInstance(), fields);
  }

  static DescriptorProto message(String name, MessageRules rules, FieldDescriptorProto... fields) {
    DescriptorProto.Builder message = DescriptorProto.newBuilder().setName(name);
    message.getOptionsBuilder().setExtension(Options.message, rules);
    return message.addAllField(List.of(fields)).build();
  }

  static FieldDescriptorProto string(String name, int number, FieldRules rules) {
    return field(name, number, rules).setType(Type.TYPE_STRING).build();
  }

  static FieldDescriptorProto strings(String name, int number) {
    return field(name, number, FieldRules.getDefaultInstance())
        .setType(Type.TYPE_STRING)
        .setLabel(Label.LABEL_REPEATED)
        .build();
  }

  static FieldDescriptorProto struct(String name, int number, String type, FieldRules rules) {
    return field(name, number, rules).setType(Type.TYPE_MESSAGE).setTypeName(type).build();
  }

  private static FieldDescriptorProto.Builder field(String name, int number, FieldRules rules) {
    FieldDescriptorProto.Builder field =
        FieldDescriptorProto.newBuilder()
            .setName(name)
            .setJsonName(name)
            .setNumber(number)
            .setLabel(Label.LABEL_OPTIONAL);
    field.getOptionsBuilder().setExtension(Options.field, rules);
    return field;
  }
}
