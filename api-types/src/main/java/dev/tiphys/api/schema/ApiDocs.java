package dev.tiphys.api.schema;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The documentation of the API: what each type and each field means. It stands apart from the types
 * because only those who publish the API need it. Immutable and thread-safe; a few hundred
 * kilobytes, so whoever loads it decides how long to keep it.
 */
public final class ApiDocs {

  private static final String RESOURCE = "/META-INF/tiphys/api-docs.tsv";

  private final Map<String, TypeDocs> types;

  private record TypeDocs(String text, Map<String, String> fields) {}

  private ApiDocs(Map<String, TypeDocs> types) {
    this.types = types;
  }

  /**
   * Reads the documentation that was generated with the types.
   *
   * @throws UncheckedIOException if it cannot be read
   */
  public static ApiDocs load() {
    try (InputStream in = ApiDocs.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IOException(RESOURCE + " is not on the class path");
      }
      return read(new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Lines of types start with their name, lines of their fields with a tab. */
  static ApiDocs read(BufferedReader lines) throws IOException {
    Map<String, TypeDocs> types = new HashMap<>();
    TypeDocs current = new TypeDocs("", new HashMap<>());
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      int start = line.startsWith("\t") ? 1 : 0;
      int tab = line.indexOf('\t', start);
      String name = line.substring(start, tab);
      String text = line.substring(tab + 1);
      if (start == 1) {
        current.fields().put(name, text);
      } else {
        current = new TypeDocs(text, new HashMap<>());
        types.put(name, current);
      }
    }
    return new ApiDocs(types);
  }

  /** What a type is, or null if nothing is said. */
  public @Nullable String of(StructType<?> type) {
    TypeDocs docs = types.get(type.name());
    return docs == null || docs.text().isEmpty() ? null : docs.text();
  }

  /** What a field of a type means, or null if nothing is said. */
  public @Nullable String of(StructType<?> type, Field field) {
    TypeDocs docs = types.get(type.name());
    return docs == null ? null : docs.fields().get(field.name());
  }
}
