package dev.tiphys.apiserver.openapi;

import dev.tiphys.api.codec.DecodeException;
import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.api.codec.JsonTree.Arr;
import dev.tiphys.api.codec.JsonTree.Obj;
import dev.tiphys.api.codec.JsonTree.Text;
import dev.tiphys.api.value.Bytes;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What another server's OpenAPI v2 document says of one group version: its paths, and the
 * definitions that they need. Parameters that paths share are written out in each.
 *
 * @param hash of the contents
 * @param json an object with {@code paths} and {@code definitions}, in JSON
 */
public record RemoteDocument(String hash, Bytes json) {

  static final String DEFINITION = "#/definitions/";
  private static final String PARAMETER = "#/parameters/";

  /**
   * Takes the part of a document.
   *
   * @param path as {@code /apis/GROUP/VERSION}
   * @throws DecodeException if it is no JSON
   */
  public static RemoteDocument of(byte[] document, String path) {
    Obj whole = Gnostic.object(JsonTree.parse(document));
    Obj shared = Gnostic.object(whole.get("parameters"));
    Map<String, JsonTree> paths = new TreeMap<>();
    Gnostic.object(whole.get("paths"))
        .members()
        .forEach((name, item) -> {
          if (name.equals(path) || name.startsWith(path + "/")) {
            paths.put(name, withParameters(item, shared));
          }
        });
    Map<String, JsonTree> parts = new LinkedHashMap<>();
    parts.put("paths", new Obj(paths));
    parts.put("definitions", used(paths, Gnostic.object(whole.get("definitions"))));
    byte[] json = new Obj(parts).toJson().getBytes(StandardCharsets.UTF_8);
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(json);
      return new RemoteDocument(
          HexFormat.of().withUpperCase().formatHex(digest), Bytes.copyOf(json));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static JsonTree withParameters(JsonTree tree, Obj shared) {
    return switch (tree) {
      case Arr list ->
          new Arr(list.elements().stream().map(one -> withParameters(one, shared)).toList());
      case Obj object
          when object.get("$ref") instanceof Text(String ref) && ref.startsWith(PARAMETER) ->
          Gnostic.object(shared.get(ref.substring(PARAMETER.length())));
      case Obj object -> {
        Map<String, JsonTree> members = new LinkedHashMap<>();
        object.members().forEach((name, value) -> members.put(name, withParameters(value, shared)));
        yield new Obj(members);
      }
      default -> tree;
    };
  }

  private static Obj used(Map<String, JsonTree> paths, Obj definitions) {
    Map<String, JsonTree> used = new TreeMap<>();
    Deque<JsonTree> left = new ArrayDeque<>(paths.values());
    while (!left.isEmpty()) {
      switch (left.poll()) {
        case Arr list -> left.addAll(list.elements());
        case Obj object -> {
          left.addAll(object.members().values());
          String name = referred(object);
          JsonTree definition = definitions.get(name);
          if (definition != null && used.put(name, definition) == null) {
            left.add(definition);
          }
        }
        default -> {
          // Texts and numbers refer to nothing.
        }
      }
    }
    return new Obj(used);
  }

  /** The definition that an object stands for; empty if it is none that refers. */
  static String referred(Obj object) {
    return object.get("$ref") instanceof Text(String ref) && ref.startsWith(DEFINITION)
        ? ref.substring(DEFINITION.length())
        : "";
  }

  /**
   * Several documents in one: where two mean different things by one name, the later is renamed.
   */
  static byte[] merged(byte[] own, List<RemoteDocument> others) {
    if (others.isEmpty()) {
      return own;
    }
    Obj whole = Gnostic.object(JsonTree.parse(own));
    Map<String, JsonTree> paths = new LinkedHashMap<>(Gnostic.object(whole.get("paths")).members());
    Map<String, JsonTree> definitions =
        new LinkedHashMap<>(Gnostic.object(whole.get("definitions")).members());
    for (RemoteDocument other : others) {
      Obj parts = Gnostic.object(JsonTree.parse(other.json().toByteArray()));
      Map<String, JsonTree> theirs = Gnostic.object(parts.get("definitions")).members();
      Map<String, String> names = new TreeMap<>();
      theirs.forEach((name, definition) -> names.put(name, nameOf(name, definition, definitions)));
      theirs.forEach((name, definition) ->
          definitions.putIfAbsent(names.getOrDefault(name, name), renamed(definition, names)));
      Gnostic.object(parts.get("paths"))
          .members()
          .forEach((path, item) -> paths.putIfAbsent(path, renamed(item, names)));
    }
    Map<String, JsonTree> all = new LinkedHashMap<>(whole.members());
    all.put("paths", new Obj(paths));
    all.put("definitions", new Obj(definitions));
    return new Obj(all).toJson().getBytes(StandardCharsets.UTF_8);
  }

  /** The name itself, if it is free or means the same; else with the next number, as upstream. */
  private static String nameOf(
      String name, JsonTree definition, Map<String, JsonTree> definitions) {
    String candidate = name;
    for (int i = 2; definitions.get(candidate) instanceof JsonTree present; i++) {
      if (present.equals(definition)) {
        return candidate;
      }
      candidate = name + "_v" + i;
    }
    return candidate;
  }

  private static JsonTree renamed(JsonTree tree, Map<String, String> names) {
    return switch (tree) {
      case Arr list -> new Arr(list.elements().stream().map(one -> renamed(one, names)).toList());
      case Obj object -> {
        Map<String, JsonTree> members = new LinkedHashMap<>();
        object.members().forEach((name, value) -> members.put(name, renamed(value, names)));
        String now = names.get(referred(object));
        if (now != null) {
          members.put("$ref", new Text(DEFINITION + now));
        }
        yield new Obj(members);
      }
      default -> tree;
    };
  }
}
