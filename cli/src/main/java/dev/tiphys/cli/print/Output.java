package dev.tiphys.cli.print;

import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.api.codec.YamlCodec;
import dev.tiphys.cli.Failure;
import dev.tiphys.cli.tree.JsonPath;
import dev.tiphys.cli.tree.PrettyJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What {@code -o} asks for. */
public sealed interface Output {

  /** The server's columns; with {@code wide} all of them. */
  record Columns(boolean wide) implements Output {}

  /** YAML. */
  record Yaml() implements Output {}

  /** JSON. */
  record Json() implements Output {}

  /** {@code deployment.apps/web}. */
  record Name() implements Output {}

  /** A JSONPath template. */
  record Template(JsonPath path) implements Output {}

  /** Columns of the user's choice. */
  record Custom(CustomColumns columns) implements Output {}

  /**
   * Reads the option's value; empty for the server's columns.
   *
   * @throws Failure if there is no such output
   */
  static Output parse(String option) {
    int equals = option.indexOf('=');
    String kind = equals < 0 ? option : option.substring(0, equals);
    String argument = equals < 0 ? "" : option.substring(equals + 1);
    return switch (kind) {
      case "" -> new Columns(false);
      case "wide" -> new Columns(true);
      case "yaml" -> new Yaml();
      case "json" -> new Json();
      case "name" -> new Name();
      case "jsonpath" -> template(argument);
      case "jsonpath-file" -> template(file(argument).stripTrailing());
      case "custom-columns" -> new Custom(CustomColumns.parse(argument));
      case "custom-columns-file" -> new Custom(columnsOfFile(argument));
      default ->
          throw Failure.of(
              "unable to match a printer suitable for the output format \"%s\", allowed formats"
                  + " are:"
                  + " custom-columns,custom-columns-file,json,jsonpath,jsonpath-file,name,wide,yaml",
              kind);
    };
  }

  private static Output template(String text) {
    if (text.isEmpty()) {
      throw Failure.of("template format specified but no template given");
    }
    try {
      return new Template(JsonPath.template(text));
    } catch (IllegalArgumentException e) {
      throw Failure.of(String.valueOf(e.getMessage()));
    }
  }

  private static CustomColumns columnsOfFile(String name) {
    List<String> lines = file(name).lines().filter(line -> !line.isBlank()).toList();
    if (lines.size() != 2) {
      throw Failure.of("%s must have a line of headings and a line of paths", name);
    }
    String[] names = lines.get(0).strip().split("\\s+");
    String[] paths = lines.get(1).strip().split("\\s+");
    if (names.length != paths.length) {
      throw Failure.of("%s must have as many paths as headings", name);
    }
    StringBuilder specification = new StringBuilder();
    for (int i = 0; i < names.length; i++) {
      specification.append(i == 0 ? "" : ",").append(names[i]).append(':').append(paths[i]);
    }
    return CustomColumns.parse(specification.toString());
  }

  private static String file(String name) {
    try {
      return Files.readString(Path.of(name));
    } catch (IOException e) {
      throw Failure.of("error reading %s: %s", name, e.getMessage());
    }
  }

  /** The text for one document; not for columns and names, which know more than a document. */
  default String document(JsonTree tree) {
    return switch (this) {
      case Yaml _ -> YamlCodec.encode(tree);
      case Json _ -> PrettyJson.write(tree);
      case Template(JsonPath path) -> path.print(tree);
      case Columns _, Name _, Custom _ ->
          throw new IllegalStateException("not a form of documents");
    };
  }
}
