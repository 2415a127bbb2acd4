package dev.tiphys.api.codec;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** Reads a YAML stream into nodes. One instance a stream; not thread-safe. */
final class YamlReader {

  /** A value with the line, from 1, that it begins on. */
  sealed interface Node {
    int line();
  }

  /** Text, or the JSON of what is not text. */
  record Word(int line, String value, boolean isText) implements Node {}

  /** A list. */
  record Sequence(int line, List<Node> elements) implements Node {}

  /** A map, with duplicate keys as they come. */
  record Mapping(int line, List<Entry> entries) implements Node {}

  /** An entry of a map. */
  record Entry(String key, Node value) {}

  private final Iterator<Event> events;
  private final Map<String, Node> anchors = new HashMap<>();
  private int aliases;

  private YamlReader(Iterator<Event> events) {
    this.events = events;
  }

  /** The roots of the documents that are not empty. */
  static List<Node> read(String yaml) {
    LoadSettings settings =
        LoadSettings.builder().setCodePointLimit(Limits.MAX_BYTES).setUseMarks(true).build();
    try {
      return new YamlReader(new Parse(settings).parseString(yaml).iterator()).documents();
    } catch (MarkedYamlEngineException e) {
      int line = e.getProblemMark().or(e::getContextMark).map(mark -> mark.getLine() + 1).orElse(0);
      throw malformed("line " + line + ": " + e.getProblem(), e);
    } catch (YamlEngineException e) {
      throw malformed(String.valueOf(e.getMessage()), e);
    }
  }

  static DecodeException malformed(String problem, @Nullable Throwable cause) {
    return DecodeException.syntax("error converting YAML to JSON: yaml: " + problem, -1, cause);
  }

  private List<Node> documents() {
    List<Node> roots = new ArrayList<>();
    while (events.hasNext()) {
      Event event = events.next();
      if (event.getEventId() == Event.ID.DocumentStart) {
        anchors.clear();
        aliases = 0;
        Node root = node(events.next(), 0);
        if (!(root instanceof Word word) || word.isText() || !word.value().equals("null")) {
          roots.add(root);
        }
      }
    }
    return roots;
  }

  private Node node(Event event, int depth) {
    if (depth > Limits.MAX_DEPTH) {
      throw DecodeException.limit("the document is nested more than " + Limits.MAX_DEPTH + " deep");
    }
    int line = event.getStartMark().map(mark -> mark.getLine() + 1).orElse(0);
    Node node =
        switch (event) {
          case AliasEvent alias -> alias(alias, line);
          case ScalarEvent scalar -> word(scalar, line);
          case SequenceStartEvent _ -> sequence(line, depth);
          case MappingStartEvent _ -> mapping(line, depth);
          default -> throw malformed("line " + line + ": unexpected " + event.getEventId(), null);
        };
    if (event instanceof NodeEvent named && !(event instanceof AliasEvent)) {
      named.getAnchor().ifPresent(anchor -> anchors.put(anchor.getValue(), node));
    }
    return node;
  }

  private Node alias(AliasEvent alias, int line) {
    String name = alias.getAlias().getValue();
    Node target = anchors.get(name);
    if (target == null) {
      throw malformed("line " + line + ": unknown anchor '" + name + "' referenced", null);
    }
    if (++aliases > Limits.MAX_YAML_ALIASES) {
      throw DecodeException.limit("document contains excessive aliasing");
    }
    return target;
  }

  private static Word word(ScalarEvent scalar, int line) {
    String value = scalar.getValue();
    String tag = scalar.getTag().orElse("");
    try {
      String json =
          switch (tag) {
            case "" -> scalar.isPlain() ? YamlScalars.json(value) : null;
            case "tag:yaml.org,2002:null" -> "null";
            case "tag:yaml.org,2002:bool", "tag:yaml.org,2002:int", "tag:yaml.org,2002:float" ->
                YamlScalars.json(value);
            default -> null;
          };
      return json == null ? new Word(line, value, true) : new Word(line, json, false);
    } catch (ArithmeticException e) {
      throw DecodeException.syntax("error converting YAML to JSON: " + e.getMessage(), -1, e);
    }
  }

  private Sequence sequence(int line, int depth) {
    List<Node> elements = new ArrayList<>();
    for (Event event = events.next();
        event.getEventId() != Event.ID.SequenceEnd;
        event = events.next()) {
      elements.add(node(event, depth + 1));
    }
    return new Sequence(line, elements);
  }

  private Mapping mapping(int line, int depth) {
    List<Entry> entries = new ArrayList<>();
    List<Node> merged = new ArrayList<>();
    for (Event event = events.next();
        event.getEventId() != Event.ID.MappingEnd;
        event = events.next()) {
      Node key = node(event, depth + 1);
      Node value = node(events.next(), depth + 1);
      boolean isMerge =
          event instanceof ScalarEvent scalar && scalar.isPlain() && scalar.getValue().equals("<<");
      if (isMerge) {
        merged.add(value);
      } else {
        entries.add(new Entry(key(key), value));
      }
    }
    return new Mapping(line, merged.isEmpty() ? entries : withMerged(entries, merged));
  }

  private static String key(Node key) {
    if (key instanceof Word word && (word.isText() || !word.value().equals("null"))) {
      return word.value();
    }
    throw malformed("line " + key.line() + ": a map's key must be a text, number or boolean", null);
  }

  /** The entries of merged maps, unless the map has the key itself; earlier maps come first. */
  private static List<Entry> withMerged(List<Entry> own, List<Node> merged) {
    Map<String, Entry> all = new LinkedHashMap<>();
    own.forEach(entry -> all.put(entry.key(), entry));
    for (Node source : merged) {
      List<Node> maps = source instanceof Sequence list ? list.elements() : List.of(source);
      for (Node map : maps) {
        if (!(map instanceof Mapping mapping)) {
          throw malformed(
              "line "
                  + source.line()
                  + ": map merge requires map or sequence of maps"
                  + " as the value",
              null);
        }
        mapping.entries().forEach(entry -> all.putIfAbsent(entry.key(), entry));
      }
    }
    return List.copyOf(all.values());
  }
}
