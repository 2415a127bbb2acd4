package dev.tiphys.api.generator;

import static dev.tiphys.api.generator.Descriptions.file;
import static dev.tiphys.api.generator.Descriptions.message;
import static dev.tiphys.api.generator.Descriptions.string;
import static dev.tiphys.api.generator.Descriptions.struct;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.compiler.PluginProtos.CodeGeneratorRequest;
import com.google.protobuf.compiler.PluginProtos.CodeGeneratorResponse;
import dev.tiphys.api.generator.options.FieldRules;
import dev.tiphys.api.generator.options.MessageRules;
import dev.tiphys.api.generator.options.Resource;
import dev.tiphys.api.generator.options.Scope;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class MainTest {

  private static CodeGeneratorResponse generate(DescriptorProto... messages) throws IOException {
    CodeGeneratorRequest request =
        CodeGeneratorRequest.newBuilder().addAllProtoFile(file(messages)).build();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Main.run(new ByteArrayInputStream(request.toByteArray()), out);
    return CodeGeneratorResponse.parseFrom(out.toByteArray());
  }

  private static Map<String, String> files(DescriptorProto... messages) throws IOException {
    return generate(messages).getFileList().stream()
        .collect(
            Collectors.toMap(
                CodeGeneratorResponse.File::getName, CodeGeneratorResponse.File::getContent));
  }

  @Test
  void aRecordAResourceAndADocumentationFileComeOut() throws IOException {
    Map<String, String> files =
        files(
            message(
                "Box",
                MessageRules.newBuilder()
                    .setKind(true)
                    .setResource(
                        Resource.newBuilder()
                            .setPlural("boxes")
                            .setSingular("box")
                            .setScope(Scope.CLUSTER))
                    .build(),
                struct("metadata", 1, ".k8s.meta.v1.ObjectMeta", FieldRules.getDefaultInstance()),
                string("label", 2, FieldRules.newBuilder().setDefaultJson("\"none\"").build())));

    assertThat(files)
        .containsKeys(
            "dev/example/v1/Box.java",
            "dev/example/v1/Types.java",
            "dev/example/v1/package-info.java",
            "dev/tiphys/api/Resources.java",
            "dev/tiphys/api/Kinds.java",
            "META-INF/tiphys/api-docs.tsv");
    assertThat(files.get("dev/example/v1/Box.java"))
        .contains("implements dev.tiphys.api.schema.ApiObject", "\"label\", 2,", "\"none\"");
    assertThat(files.get("dev/tiphys/api/Resources.java"))
        .contains("ResourceType<dev.example.v1.Box> BOXES");
    assertThat(files.get("dev/tiphys/api/Kinds.java"))
        .contains("case \"example.io/v1\" ->", "case \"Box\" -> dev.example.v1.Box.TYPE;");
  }

  @Test
  void aBadDescriptionIsReportedThroughProtoc() throws IOException {
    CodeGeneratorResponse response =
        generate(
            message("Box", struct("lid", 1, ".example.v1.Lid", FieldRules.getDefaultInstance())));

    assertThat(response.getError()).contains("Box.lid");
    assertThat(response.getFileList()).isEmpty();
  }

  @Test
  void aDefaultMustFitItsField() throws IOException {
    CodeGeneratorResponse response =
        generate(
            message(
                "Box",
                struct(
                    "lid",
                    1,
                    ".example.v1.Lid",
                    FieldRules.newBuilder().setDefaultJson("{\"a\":1}").build())),
            message("Lid"));

    assertThat(response.getError()).isEqualTo("field lid cannot have the default {\"a\":1}");
  }
}
