package dev.tiphys.cli.server;

import dev.tiphys.cli.Failure;
import dev.tiphys.cli.cluster.ApiResource;
import dev.tiphys.cli.tree.View;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Writes what {@code explain} says. Pure; one instance writes one explanation. */
final class Explanation {

  private static final int WIDTH = 76;
  private static final int ENUM_SHOWN = 4;
  private static final String STEP = "  ";

  private final Schemas schemas;
  private final ApiResource resource;
  private final boolean recursive;
  private final StringBuilder out = new StringBuilder();

  Explanation(Schemas schemas, ApiResource resource, boolean recursive) {
    this.schemas = schemas;
    this.resource = resource;
    this.recursive = recursive;
  }

  /** The explanation of the field at a path; of the kind itself if the path is empty. */
  String of(List<String> path) {
    View field = schemas.ofKind(resource);
    String name = "";
    for (String each : path) {
      field = schemas.element(field).at("properties", each);
      name = each;
      if (!field.exists()) {
        throw Failure.of("field \"%s\" does not exist", each);
      }
    }
    head();
    if (!name.isEmpty()) {
      out.append("FIELD: ").append(name).append(" <").append(schemas.type(field)).append(">\n");
      List<View> values = schemas.element(field).at("enum").items();
      out.append(values.isEmpty() ? "\n" : "ENUM:\n");
      values.forEach(each -> out.append("    ").append(each.text()).append('\n'));
      out.append('\n');
    }
    out.append("DESCRIPTION:\n");
    describe(field);
    View below = schemas.element(field);
    if (below.at("properties").isEmpty()) {
      return out.append('\n').toString();
    }
    out.append("FIELDS:\n");
    fields(below, 1, new HashSet<>());
    return out.append('\n').toString();
  }

  private void head() {
    if (!resource.group().isEmpty()) {
      out.append("GROUP:      ").append(resource.group()).append('\n');
    }
    out.append("KIND:       ").append(resource.kind()).append('\n');
    out.append("VERSION:    ").append(resource.version()).append("\n\n");
  }

  private void describe(View field) {
    String own = field.at("description").text();
    View element = schemas.element(field);
    String general = element.at("description").text();
    String both =
        own.equals(general) || general.isEmpty()
            ? own
            : own.isEmpty() ? general : own + "\n" + general;
    wrap(both.isEmpty() ? "<empty>" : both, "    ");
    out.append("    \n");
  }

  private void fields(View object, int depth, Set<View> above) {
    if (!above.add(object)) {
      return;
    }
    new TreeMap<>(object.at("properties").members())
        .forEach((name, field) -> field(object, name, field, depth, above));
    above.remove(object);
  }

  private void field(View owner, String name, View field, int depth, Set<View> above) {
    String indent = STEP.repeat(depth);
    out.append(indent).append(name).append('\t').append(typed(owner, name, field));
    enumeration(indent, schemas.element(field));
    if (recursive) {
      View below = schemas.element(field);
      if (!below.at("properties").isEmpty()) {
        fields(below, depth + 1, above);
      }
    } else {
      wrap(field.at("description").textOr("<no description>"), indent + STEP);
      out.append('\n');
    }
  }

  private String typed(View owner, String name, View field) {
    boolean required =
        owner.at("required").items().stream().anyMatch(each -> each.text().equals(name));
    return "<" + schemas.type(field) + ">" + (required ? " -required-" : "") + "\n";
  }

  private void enumeration(String indent, View field) {
    List<View> values = field.at("enum").items();
    boolean cut = recursive && values.size() > ENUM_SHOWN;
    String shown =
        values.stream()
            .limit(cut ? ENUM_SHOWN : values.size())
            .map(each -> each.textOr("\"\""))
            .collect(Collectors.joining(", "));
    if (!shown.isEmpty()) {
      out.append(indent).append("enum: ").append(shown).append(cut ? ", ....\n" : "\n");
    }
  }

  private void wrap(String text, String indent) {
    for (String paragraph : text.split("\n", -1)) {
      StringBuilder line = new StringBuilder();
      for (String word : paragraph.split(" ", -1)) {
        if (!line.isEmpty() && line.length() + 1 + word.length() > WIDTH) {
          out.append(indent).append(line).append('\n');
          line.setLength(0);
        }
        line.append(line.isEmpty() ? "" : " ").append(word);
      }
      out.append(indent).append(line).append('\n');
    }
  }
}
