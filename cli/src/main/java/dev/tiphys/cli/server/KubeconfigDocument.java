package dev.tiphys.cli.server;

import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.api.codec.YamlCodec;
import dev.tiphys.cli.Failure;
import dev.tiphys.cli.Session;
import dev.tiphys.cli.tree.Trees;
import dev.tiphys.cli.tree.View;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Kubeconfig files as documents to look at and to change. */
final class KubeconfigDocument {

  private static final List<String> LISTS = List.of("clusters", "contexts", "users");
  private static final Map<String, String> SECRETS =
      Map.of(
          "certificate-authority-data", "DATA+OMITTED",
          "client-certificate-data", "DATA+OMITTED",
          "client-key-data", "DATA+OMITTED",
          "token", "REDACTED",
          "password", "REDACTED");

  private KubeconfigDocument() {}

  /** All files as one; of entries with the same name, the first file's counts. */
  static View merged(Session session) {
    Map<String, JsonTree> all = new LinkedHashMap<>();
    all.put("apiVersion", Trees.of("v1"));
    all.put("kind", Trees.of("Config"));
    String current = "";
    Map<String, List<JsonTree>> lists = new LinkedHashMap<>();
    for (Path file : session.kubeconfigFiles()) {
      View document = read(file);
      current = current.isEmpty() ? document.at("current-context").text() : current;
      for (String list : LISTS) {
        List<JsonTree> into = lists.computeIfAbsent(list, any -> new ArrayList<>());
        Set<String> names = new HashSet<>();
        into.forEach(each -> names.add(new View(each).at("name").text()));
        document.at(list).items().stream()
            .filter(each -> names.add(each.at("name").text()))
            .forEach(each -> into.add(each.tree()));
      }
    }
    LISTS.forEach(list -> all.put(list, Trees.of(lists.getOrDefault(list, List.of()))));
    all.put("current-context", Trees.of(current));
    return new View(new JsonTree.Obj(all));
  }

  private static View read(Path file) {
    try {
      return new View(YamlCodec.single(Files.readAllBytes(file)).tree());
    } catch (IOException e) {
      throw Failure.of("kubeconfig %s cannot be read: %s", file, e.getMessage());
    }
  }

  /** The document without what must not be shown. */
  static JsonTree redacted(JsonTree tree) {
    return switch (tree) {
      case JsonTree.Obj object -> {
        Map<String, JsonTree> members = new LinkedHashMap<>();
        object
            .members()
            .forEach((name, value) ->
                members.put(
                    name,
                    SECRETS.containsKey(name) ? Trees.of(SECRETS.get(name)) : redacted(value)));
        yield new JsonTree.Obj(members);
      }
      case JsonTree.Arr(List<JsonTree> elements) ->
          new JsonTree.Arr(elements.stream().map(KubeconfigDocument::redacted).toList());
      default -> tree;
    };
  }

  /** The first file, changed. */
  static void change(Session session, java.util.function.UnaryOperator<JsonTree.Obj> change) {
    List<Path> files = session.kubeconfigFiles();
    if (files.isEmpty()) {
      throw Failure.of("no kubeconfig was found");
    }
    Path file = files.getFirst();
    String text = YamlCodec.encode(change.apply(read(file).object()));
    try {
      // In one step, so that nobody reads half a file; its owner and mode stay as they are made.
      Path next = Files.createTempFile(file.toAbsolutePath().getParent(), ".kubeconfig", ".tmp");
      Files.writeString(next, text);
      Files.move(next, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw Failure.of("kubeconfig %s cannot be written: %s", file, e.getMessage());
    }
  }
}
