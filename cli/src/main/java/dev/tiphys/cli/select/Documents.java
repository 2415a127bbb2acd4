package dev.tiphys.cli.select;

import dev.tiphys.api.codec.DecodeException;
import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.api.codec.YamlCodec;
import dev.tiphys.api.codec.YamlDocument;
import dev.tiphys.cli.Failure;
import dev.tiphys.cli.Limits;
import dev.tiphys.cli.tree.View;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Reads the objects that files, directories, URLs and standard input describe. */
public final class Documents {

  /**
   * An object of a file.
   *
   * @param source the file, or {@code STDIN}
   */
  public record Document(String source, JsonTree.Obj object) {}

  private final InputStream stdin;
  private final boolean recursive;

  /** Makes a reader; {@code recursive} is for directories. */
  public Documents(InputStream stdin, boolean recursive) {
    this.stdin = stdin;
    this.recursive = recursive;
  }

  /**
   * Reads; lists are taken apart.
   *
   * @throws Failure if something cannot be read
   */
  public List<Document> read(List<String> names) {
    List<Document> found = new ArrayList<>();
    for (String name : names) {
      try {
        read(name, found);
      } catch (IOException e) {
        throw Failure.of("error reading %s: %s", name, e.getMessage());
      }
    }
    return found;
  }

  private void read(String name, List<Document> found) throws IOException {
    if (name.equals("-")) {
      parse("STDIN", stdin.readNBytes(Limits.FILE_BYTES), found);
      return;
    }
    if (name.startsWith("http://") || name.startsWith("https://")) {
      try (InputStream in = URI.create(name).toURL().openStream()) {
        parse(name, in.readNBytes(Limits.FILE_BYTES), found);
      }
      return;
    }
    Path path = Path.of(name);
    if (!Files.exists(path)) {
      throw Failure.of("the path \"%s\" does not exist", name);
    }
    if (!Files.isDirectory(path)) {
      parse(name, Files.readAllBytes(path), found);
      return;
    }
    List<Path> files;
    try (Stream<Path> below = Files.walk(path, recursive ? Integer.MAX_VALUE : 1)) {
      files = below.filter(Documents::describesObjects).sorted().toList();
    }
    if (files.isEmpty()) {
      throw Failure.of(
          "error reading [%s]: recognized file extensions are [.json .yaml .yml]", name);
    }
    for (Path file : files) {
      parse(file.toString(), Files.readAllBytes(file), found);
    }
  }

  private static boolean describesObjects(Path file) {
    String name = file.getFileName() == null ? "" : file.getFileName().toString();
    return Files.isRegularFile(file)
        && (name.endsWith(".json") || name.endsWith(".yaml") || name.endsWith(".yml"));
  }

  /** Reads a text that is JSON or YAML of one or more documents. */
  public static void parse(String source, byte[] text, List<Document> found) {
    List<YamlDocument> documents;
    try {
      documents = YamlCodec.documents(text);
    } catch (DecodeException e) {
      throw Failure.of("error parsing %s: %s", source, yamlError(String.valueOf(e.getMessage())));
    }
    for (YamlDocument document : documents) {
      JsonTree tree = document.tree();
      if (tree != JsonTree.Null.NULL) {
        add(source, tree, found);
      }
    }
  }

  private static String yamlError(String message) {
    return message.startsWith("error converting")
        ? message
        : "error converting YAML to JSON: " + message;
  }

  private static void add(String source, JsonTree tree, List<Document> found) {
    if (!(tree instanceof JsonTree.Obj object)) {
      throw Failure.of(
          "error validating \"%s\": error validating data: invalid object to validate", source);
    }
    View view = new View(object);
    require(source, view, "apiVersion", object);
    require(source, view, "kind", object);
    if (view.at("kind").text().endsWith("List")
        && view.at("items").tree() instanceof JsonTree.Arr) {
      view.at("items").items().forEach(item -> add(source, item.tree(), found));
    } else {
      found.add(new Document(source, object));
    }
  }

  private static void require(String source, View view, String field, JsonTree.Obj object) {
    if (view.at(field).isEmpty()) {
      throw Failure.of(
          "unable to decode \"%s\": Object '%s' is missing in '%s'",
          source, field.equals("kind") ? "Kind" : field, object.toJson());
    }
  }
}
