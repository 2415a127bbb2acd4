package dev.tiphys.apiserver.configfile;

import dev.tiphys.api.codec.DecodeException;
import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.api.codec.YamlCodec;
import dev.tiphys.daemon.GoDuration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An object in a configuration file. Its reader asks for each member that it knows; what nobody
 * asked for is unknown, and {@link #check} says so, as it does of members of a wrong type. For one
 * thread.
 */
public final class ConfigObject {

  private final JsonTree.Obj tree;
  private final String path;
  private final List<String> problems;
  private final Set<String> asked = new HashSet<>();
  private final List<ConfigObject> children = new ArrayList<>();

  private ConfigObject(JsonTree.Obj tree, String path, List<String> problems) {
    this.tree = tree;
    this.path = path;
    this.problems = problems;
  }

  /**
   * Reads a file's bytes, YAML or JSON.
   *
   * @param kind that it must be of
   * @param versions that it may be of, as {@code apiserver.config.k8s.io/v1}
   * @throws ConfigFileException if it is not one object of the kind
   */
  public static ConfigObject read(byte[] content, String kind, List<String> versions)
      throws ConfigFileException {
    ConfigObject root = of(tree(content), "");
    String foundKind = root.text("kind");
    String version = root.text("apiVersion");
    if (!foundKind.equals(kind) || !versions.contains(version)) {
      throw new ConfigFileException(
          "no kind \""
              + foundKind
              + "\" is registered for version \""
              + version
              + "\": must be "
              + kind
              + " of "
              + String.join(" or ", versions));
    }
    return root;
  }

  /**
   * An object on its own.
   *
   * @param path how errors call it; empty for the whole file
   */
  public static ConfigObject of(JsonTree.Obj tree, String path) {
    return new ConfigObject(tree, path, new ArrayList<>());
  }

  /**
   * A file's bytes, YAML or JSON, as a tree.
   *
   * @throws ConfigFileException if they are not one object
   */
  public static JsonTree.Obj tree(byte[] content) throws ConfigFileException {
    try {
      if (YamlCodec.single(content).tree() instanceof JsonTree.Obj object) {
        return object;
      }
    } catch (DecodeException e) {
      throw new ConfigFileException(String.valueOf(e.getMessage()), e);
    }
    throw new ConfigFileException("must hold one object");
  }

  private String named(String member) {
    return path.isEmpty() ? member : path + "." + member;
  }

  private <T> @Nullable T value(String member, String what, Function<JsonTree, @Nullable T> as) {
    asked.add(member);
    JsonTree value = tree.get(member);
    if (value == null || value instanceof JsonTree.Null) {
      return null;
    }
    T read = as.apply(value);
    if (read == null) {
      problems.add(named(member) + ": must be " + what);
    }
    return read;
  }

  /** A text; null if absent. */
  public @Nullable String optional(String member) {
    return value(member, "a string", v -> v instanceof JsonTree.Text text ? text.value() : null);
  }

  /** A text; empty if absent. */
  public String text(String member) {
    String text = optional(member);
    return text == null ? "" : text;
  }

  /** A truth value; null if absent. */
  public @Nullable Boolean flag(String member) {
    return value(member, "true or false", v -> v instanceof JsonTree.Bool b ? b.value() : null);
  }

  /** A whole number; null if absent. */
  public @Nullable Integer number(String member) {
    return value(
        member,
        "a whole number",
        v ->
            v instanceof JsonTree.Num n && n.literal().matches("-?\\d{1,9}")
                ? Integer.valueOf(n.literal())
                : null);
  }

  /** A duration, as {@code 1m30s}; null if absent. */
  public @Nullable Duration duration(String member) {
    return value(
        member,
        "a duration such as 1m30s",
        v -> v instanceof JsonTree.Text t ? parsed(t.value()).orElse(null) : null);
  }

  private static Optional<Duration> parsed(String text) {
    return GoDuration.parse(text);
  }

  /** Texts; empty if absent. */
  public List<String> texts(String member) {
    List<String> texts = new ArrayList<>();
    for (JsonTree element : elements(member)) {
      if (element instanceof JsonTree.Text text) {
        texts.add(text.value());
      } else {
        problems.add(named(member) + ": must be a list of strings");
      }
    }
    return List.copyOf(texts);
  }

  /** An object; null if absent. */
  public @Nullable ConfigObject object(String member) {
    JsonTree.Obj object = value(member, "an object", v -> v instanceof JsonTree.Obj o ? o : null);
    return object == null ? null : child(object, named(member));
  }

  /** An object; one without members if absent. */
  public ConfigObject objectOrEmpty(String member) {
    ConfigObject object = object(member);
    return object == null ? child(JsonTree.EMPTY_OBJECT, named(member)) : object;
  }

  /** Objects; empty if absent. */
  public List<ConfigObject> objects(String member) {
    List<ConfigObject> objects = new ArrayList<>();
    int index = 0;
    for (JsonTree element : elements(member)) {
      String place = named(member) + "[" + index++ + "]";
      if (element instanceof JsonTree.Obj object) {
        objects.add(child(object, place));
      } else {
        problems.add(place + ": must be an object");
      }
    }
    return List.copyOf(objects);
  }

  /** A member that somebody else reads; null if absent. */
  public @Nullable JsonTree raw(String member) {
    return value(member, "a value", v -> v);
  }

  private List<JsonTree> elements(String member) {
    JsonTree.Arr list = value(member, "a list", v -> v instanceof JsonTree.Arr a ? a : null);
    return list == null ? List.of() : list.elements();
  }

  private ConfigObject child(JsonTree.Obj object, String place) {
    ConfigObject child = new ConfigObject(object, place, problems);
    children.add(child);
    return child;
  }

  /**
   * To be called when all has been asked for.
   *
   * @throws ConfigFileException that names each member that is unknown or of a wrong type
   */
  public void check() throws ConfigFileException {
    List<String> found = new ArrayList<>(problems);
    unknown(found);
    if (!found.isEmpty()) {
      throw new ConfigFileException("strict decoding error: " + String.join(", ", found));
    }
  }

  private void unknown(List<String> into) {
    for (String member : tree.members().keySet()) {
      if (!asked.contains(member)) {
        into.add("unknown field \"" + named(member) + "\"");
      }
    }
    children.forEach(child -> child.unknown(into));
  }
}
