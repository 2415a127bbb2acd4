package dev.tiphys.api.generator;

import static dev.tiphys.api.generator.Descriptions.file;
import static dev.tiphys.api.generator.Descriptions.message;
import static dev.tiphys.api.generator.Descriptions.string;
import static dev.tiphys.api.generator.Descriptions.strings;
import static dev.tiphys.api.generator.Descriptions.struct;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import dev.tiphys.api.generator.Model.Member;
import dev.tiphys.api.generator.Model.Role;
import dev.tiphys.api.generator.Model.Struct;
import dev.tiphys.api.generator.options.FieldRules;
import dev.tiphys.api.generator.options.MessageRules;
import dev.tiphys.api.generator.options.Scalar;
import java.util.List;
import org.junit.jupiter.api.Test;

class ModelReaderTest {

  private static final FieldRules NONE = FieldRules.getDefaultInstance();
  private static final FieldRules INLINE = FieldRules.newBuilder().setInline(true).build();

  private static List<Struct> read(DescriptorProto... messages) {
    return new ModelReader(file(messages)).read().structsOf("dev.example.v1");
  }

  @Test
  void fieldsOfInlinedMessagesMoveOutwardsInTheirPlace() {
    List<Struct> structs =
        read(
            message(
                "Outer",
                string("before", 1, NONE),
                struct("middle", 2, ".example.v1.Middle", INLINE),
                string("after", 3, NONE)),
            message("Middle", struct("inner", 5, ".example.v1.Inner", INLINE)),
            message("Inner", string("deep", 7, NONE)));

    assertThat(structs).extracting(Struct::javaName).containsExactly("Outer");
    List<Member> members = structs.getFirst().members();
    assertThat(members).extracting(Member::jsonName).containsExactly("before", "deep", "after");
    assertThat(members.get(1).number()).isEqualTo(7);
    assertThat(members.get(1).inlinePath()).containsExactly(2, 5);
  }

  @Test
  void messagesThatAreAlsoReferredToKeepTheirRecord() {
    List<Struct> structs =
        read(
            message("Outer", struct("part", 1, ".example.v1.Part", INLINE)),
            message("Other", struct("part", 1, ".example.v1.Part", NONE)),
            message("Part", string("name", 1, NONE)));

    assertThat(structs).extracting(Struct::javaName).containsExactly("Outer", "Other", "Part");
  }

  @Test
  void listWrappersAreListsToJson() {
    List<Struct> structs =
        read(
            message(
                "Outer",
                struct(
                    "verbs",
                    4,
                    ".example.v1.Verbs",
                    FieldRules.newBuilder().setInlineAsList(true).build())),
            message(
                "Verbs",
                MessageRules.newBuilder().setListWrapper(true).build(),
                strings("items", 1)));

    Member verbs = structs.getFirst().members().getFirst();
    assertThat(verbs.type()).isEqualTo(new Model.ListOf(Model.Scalar.STRING));
    assertThat(verbs.inlinePath()).containsExactly(4);
    assertThat(verbs.number()).isEqualTo(1);
  }

  @Test
  void scalarMessagesAreValuesAndGetNoRecord() {
    List<Struct> structs =
        read(
            message("Outer", struct("when", 1, ".example.v1.Time", NONE)),
            message("Time", MessageRules.newBuilder().setScalar(Scalar.TIME).build()));

    assertThat(structs).hasSize(1);
    assertThat(structs.getFirst().members().getFirst().type()).isEqualTo(Model.Scalar.TIME);
  }

  @Test
  void kindsWithAnObjectsMetadataAreObjects() {
    MessageRules kind = MessageRules.newBuilder().setKind(true).build();
    List<Struct> structs =
        read(
            message("Thing", kind, struct("metadata", 1, ".k8s.meta.v1.ObjectMeta", NONE)),
            message("Answer", kind, string("text", 1, NONE)),
            message("Part", struct("metadata", 1, ".k8s.meta.v1.ObjectMeta", NONE)));

    assertThat(structs)
        .extracting(Struct::role)
        .containsExactly(Role.OBJECT, Role.STRUCT, Role.STRUCT);
    assertThat(structs.getFirst().kind()).isEqualTo(new Model.Kind("example.io", "v1", "Thing"));
    assertThat(structs.get(2).kind()).isNull();
  }

  @Test
  void fieldsOfAtomicStructsAreAtomic() {
    List<Struct> structs =
        read(
            message("Outer", struct("ref", 1, ".example.v1.Ref", NONE)),
            message("Ref", MessageRules.newBuilder().setAtomic(true).build()));

    assertThat(structs.getFirst().members().getFirst().listKind()).isEqualTo("ATOMIC");
  }

  @Test
  void whatIsNotDescribedIsNamed() {
    assertThatThrownBy(() -> read(message("Outer", struct("x", 1, ".example.v1.Nothing", NONE))))
        .isInstanceOf(BadDescriptionException.class)
        .hasMessage(
            "example/v1.proto: Outer.x refers to .example.v1.Nothing, which is not described");
  }
}
