package dev.tiphys.cli.write;

import dev.tiphys.cli.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** The options that bring data into config maps and secrets. Filled by picocli, then only read. */
final class DataOptions {

  @Option(names = "--from-literal", description = "KEY=VALUE; repeatable.")
  List<String> literals = new ArrayList<>();

  @Option(names = "--from-file", description = "[KEY=]FILE, or a directory; repeatable.")
  List<String> files = new ArrayList<>();

  @Option(names = "--from-env-file", description = "A file of lines KEY=VALUE; repeatable.")
  List<String> envFiles = new ArrayList<>();

  /**
   * The data in the order given.
   *
   * @throws Failure if a file cannot be read, or a key comes twice
   */
  Map<String, byte[]> read() {
    if (!envFiles.isEmpty() && !(literals.isEmpty() && files.isEmpty())) {
      throw Failure.of("from-env-file cannot be combined with from-file or from-literal");
    }
    Map<String, byte[]> data = new LinkedHashMap<>();
    try {
      for (String file : files) {
        file(data, file);
      }
      for (String file : envFiles) {
        for (String line : Files.readAllLines(Path.of(file))) {
          envLine(data, line.strip());
        }
      }
    } catch (IOException e) {
      throw Failure.of("error reading %s: no such file or directory", e.getMessage());
    }
    for (String literal : literals) {
      int equals = literal.indexOf('=');
      if (equals < 1) {
        throw Failure.of("invalid literal source %s, expected key=value", literal);
      }
      put(
          data,
          literal.substring(0, equals),
          unquoted(literal.substring(equals + 1))
              .getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
    return data;
  }

  private static void file(Map<String, byte[]> data, String source) throws IOException {
    int equals = source.indexOf('=');
    Path path = Path.of(source.substring(equals + 1));
    if (!Files.isDirectory(path)) {
      String key = equals < 0 ? String.valueOf(path.getFileName()) : source.substring(0, equals);
      put(data, key, Files.readAllBytes(path));
      return;
    }
    if (equals >= 0) {
      throw Failure.of("cannot give a key name for a directory path");
    }
    List<Path> inside;
    try (Stream<Path> listing = Files.list(path)) {
      inside = listing.filter(Files::isRegularFile).sorted().toList();
    }
    for (Path each : inside) {
      put(data, String.valueOf(each.getFileName()), Files.readAllBytes(each));
    }
  }

  private static void envLine(Map<String, byte[]> data, String line) {
    if (line.isEmpty() || line.startsWith("#")) {
      return;
    }
    int equals = line.indexOf('=');
    if (equals > 0) {
      put(
          data,
          line.substring(0, equals),
          line.substring(equals + 1).getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
  }

  private static void put(Map<String, byte[]> data, String key, byte[] value) {
    if (data.putIfAbsent(key, value) != null) {
      throw Failure.of("cannot add key %s, another key by that name already exists", key);
    }
  }

  private static String unquoted(String text) {
    boolean quoted =
        text.length() > 1
            && (text.startsWith("\"") && text.endsWith("\"")
                || text.startsWith("'") && text.endsWith("'"));
    return quoted ? text.substring(1, text.length() - 1) : text;
  }
}
