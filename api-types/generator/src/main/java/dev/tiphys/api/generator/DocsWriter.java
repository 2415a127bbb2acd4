package dev.tiphys.api.generator;

import dev.tiphys.api.generator.Model.Member;
import dev.tiphys.api.generator.Model.Struct;

/**
 * Writes the documentation of structs and fields as text, one line each: a struct's line is its
 * OpenAPI name, a tab and its documentation; the lines of its fields follow, each with a tab, the
 * JSON name, a tab and its documentation. What has no documentation has no line, but a struct whose
 * fields have some does.
 */
final class DocsWriter {

  static final String PATH = "META-INF/tiphys/api-docs.tsv";

  private DocsWriter() {}

  static String write(Model model) {
    StringBuilder out = new StringBuilder();
    for (Struct struct : model.structs()) {
      StringBuilder fields = new StringBuilder();
      for (Member member : struct.members()) {
        if (!member.doc().isEmpty()) {
          fields.append('\t').append(member.jsonName()).append('\t');
          fields.append(member.doc()).append('\n');
        }
      }
      if (!struct.doc().isEmpty() || !fields.isEmpty()) {
        out.append(struct.openApiName()).append('\t').append(struct.doc()).append('\n');
        out.append(fields);
      }
    }
    return out.toString();
  }
}
