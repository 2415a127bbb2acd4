package dev.tiphys.store.crash;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;

/**
 * A disk as events leave it, and as a power cut could. What was synced is there; of the rest, each
 * sector of each write, each new length and each change of a name is there or not, whatever came
 * before or after it. For one thread.
 */
public final class RecordedDisk {
  private static final int SECTOR = 512;

  private final Map<Integer, Node> nodes = new HashMap<>();
  private int events;

  /** What of the things that were not synced is there after the end. */
  public enum Survival {
    /** All: only the process was killed. */
    ALL,
    /** Nothing. */
    NOTHING,
    /** Some sectors, and of the names in a directory what a journal has: the first changes. */
    SOME,
    /** Some sectors and some names, which is the least that the system promises. */
    ANY
  }

  private record Pending(int number, Event event) {}

  private static final class Node {
    final boolean isDirectory;
    byte[] bytes = new byte[0];
    Map<String, Integer> names = new HashMap<>();
    List<Pending> pending = new ArrayList<>();

    Node(boolean isDirectory) {
      this.isDirectory = isDirectory;
    }
  }

  /** An empty directory. */
  public RecordedDisk() {
    nodes.put(0, new Node(true));
  }

  /** Does the next event. */
  public void add(Event event) {
    switch (event) {
      case Event.Make made -> {
        nodes.put(made.node(), new Node(made.isDirectory()));
        wait(made.directory(), event);
      }
      case Event.Rename(var directory, var _, var _) -> wait(directory, event);
      case Event.Delete(var directory, var _) -> wait(directory, event);
      case Event.Write(var file, var _, var _) -> wait(file, event);
      case Event.Cut(var file, var _) -> wait(file, event);
      case Event.Sync(var node, var before) -> sync(node(node), before);
      case Event.Mark _ -> {}
    }
    events++;
  }

  private void wait(int node, Event event) {
    node(node).pending.add(new Pending(events, event));
  }

  private static void sync(Node node, int before) {
    var left = new ArrayList<Pending>();
    for (var pending : node.pending) {
      if (pending.number >= before) {
        left.add(pending);
      } else if (node.isDirectory) {
        node.names = changed(node.names, pending.event);
      } else {
        node.bytes = written(node.bytes, pending.event, Survival.ALL, new Random(0));
      }
    }
    node.pending = left;
  }

  /** What a power cut at this moment could leave, by path; directories end with a slash. */
  public Map<String, byte[]> after(Survival survival, Random random) {
    var files = new TreeMap<String, byte[]>();
    collect("", 0, survival, random, files);
    return files;
  }

  /** Writes what {@link #after} says to a directory. */
  public void writeAfter(Survival survival, Random random, Path into) throws IOException {
    for (var file : after(survival, random).entrySet()) {
      var path = into.resolve(file.getKey());
      if (file.getKey().endsWith("/")) {
        Files.createDirectories(path);
      } else {
        Files.createDirectories(Objects.requireNonNull(path.getParent()));
        Files.write(path, file.getValue());
      }
    }
  }

  private void collect(
      String path, int directory, Survival survival, Random random, Map<String, byte[]> into) {
    var names = names(node(directory), survival, random);
    names.forEach((name, number) -> {
      var node = node(number);
      if (node.isDirectory) {
        into.put(path + name + "/", new byte[0]);
        collect(path + name + "/", number, survival, random, into);
      } else {
        into.put(path + name, bytes(node, survival, random));
      }
    });
  }

  private static Map<String, Integer> names(Node node, Survival survival, Random random) {
    int first =
        switch (survival) {
          case ALL -> node.pending.size();
          case SOME -> random.nextInt(node.pending.size() + 1);
          case NOTHING, ANY -> 0;
        };
    var names = node.names;
    for (int i = 0; i < node.pending.size(); i++) {
      if (i < first || (survival == Survival.ANY && random.nextBoolean())) {
        names = changed(names, node.pending.get(i).event);
      }
    }
    return new TreeMap<>(names); // so that a seed means the same every time
  }

  private static Map<String, Integer> changed(Map<String, Integer> names, Event event) {
    var changed = new HashMap<>(names);
    switch (event) {
      case Event.Make made -> changed.put(made.name(), made.node());
      case Event.Rename(var _, var from, var to) -> {
        var moved = changed.remove(from);
        if (moved != null) {
          changed.put(to, moved);
        }
      }
      case Event.Delete(var _, var name) -> changed.remove(name);
      default -> throw new IllegalStateException("no change of a name: " + event);
    }
    return changed;
  }

  private static byte[] bytes(Node node, Survival survival, Random random) {
    byte[] bytes = node.bytes;
    // Sectors go to the disk together, mostly: all of a file, none, or those of some writes.
    var usual = random.nextInt(3);
    for (var pending : node.pending) {
      var chosen =
          switch (survival) {
            case ALL, NOTHING -> survival;
            case SOME, ANY ->
                switch (random.nextInt(4) == 0 ? random.nextInt(3) : usual) {
                  case 0 -> Survival.ALL;
                  case 1 -> Survival.NOTHING;
                  default -> Survival.ANY;
                };
          };
      bytes = written(bytes, pending.event, chosen, random);
    }
    return bytes;
  }

  private static byte[] written(byte[] bytes, Event event, Survival survival, Random random) {
    boolean whole = survival == Survival.ALL || (survival == Survival.ANY && random.nextBoolean());
    return switch (event) {
      case Event.Cut(var _, var size) ->
          whole ? Arrays.copyOf(bytes, (int) Math.min(size, bytes.length)) : bytes;
      case Event.Write write -> {
        byte[] now = whole ? sized(bytes, write.position() + write.bytes().length) : bytes;
        if (survival == Survival.NOTHING) {
          yield now;
        }
        for (int from = 0; from < write.bytes().length; ) {
          long at = write.position() + from;
          int length = (int) Math.min(write.bytes().length - from, SECTOR - at % SECTOR);
          if (survival == Survival.ALL || random.nextBoolean()) {
            now = sized(now == bytes ? bytes.clone() : now, at + length);
            System.arraycopy(write.bytes(), from, now, (int) at, length);
          }
          from += length;
        }
        yield now;
      }
      default -> throw new IllegalStateException("no change of bytes: " + event);
    };
  }

  /** A copy, unless it is large enough. */
  private static byte[] sized(byte[] bytes, long size) {
    return bytes.length >= size ? bytes : Arrays.copyOf(bytes, (int) size);
  }

  private Node node(int number) {
    return Objects.requireNonNull(nodes.get(number));
  }
}
