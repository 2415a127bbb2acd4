package dev.tiphys.api.generator;

import com.google.protobuf.ExtensionRegistry;
import com.google.protobuf.compiler.PluginProtos.CodeGeneratorRequest;
import com.google.protobuf.compiler.PluginProtos.CodeGeneratorResponse;
import dev.tiphys.api.generator.options.Options;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** The plugin's process: a request on standard input, a response on standard output. */
public final class Main {

  private Main() {}

  /** Generates once. A description that cannot be generated is reported through protoc. */
  public static void main(String[] args) throws IOException {
    run(System.in, System.out);
  }

  static void run(InputStream in, OutputStream out) throws IOException {
    ExtensionRegistry extensions = ExtensionRegistry.newInstance();
    Options.registerAllExtensions(extensions);
    CodeGeneratorRequest request = CodeGeneratorRequest.parseFrom(in, extensions);
    generate(request).writeTo(out);
  }

  static CodeGeneratorResponse generate(CodeGeneratorRequest request) {
    CodeGeneratorResponse.Builder response =
        CodeGeneratorResponse.newBuilder()
            .setSupportedFeatures(CodeGeneratorResponse.Feature.FEATURE_PROTO3_OPTIONAL_VALUE);
    try {
      Model model = new ModelReader(request.getProtoFileList()).read();
      addAll(response, model);
    } catch (BadDescriptionException e) {
      return response.clearFile().setError(e.getMessage()).build();
    }
    return response.build();
  }

  private static void addAll(CodeGeneratorResponse.Builder response, Model model) {
    for (Model.Struct struct : model.structs()) {
      add(response, struct.javaPackage(), struct.javaName(), RecordWriter.write(struct));
    }
    for (String name : model.packages()) {
      add(response, name, "package-info", PackageWriter.write(name));
      add(response, name, TypesWriter.NAME, TypesWriter.write(name, model));
    }
    add(response, "dev.tiphys.api", "Resources", ResourcesWriter.write(model));
    add(response, "dev.tiphys.api", "Kinds", KindsWriter.write(model));
    response.addFileBuilder().setName(DocsWriter.PATH).setContent(DocsWriter.write(model));
  }

  private static void add(
      CodeGeneratorResponse.Builder response, String javaPackage, String name, String content) {
    response
        .addFileBuilder()
        .setName(javaPackage.replace('.', '/') + "/" + name + ".java")
        .setContent(content);
  }
}
