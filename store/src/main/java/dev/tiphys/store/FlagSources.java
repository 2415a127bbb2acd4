package dev.tiphys.store;

import dev.tiphys.daemon.ConfigException;
import dev.tiphys.daemon.IgnoredFlags;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import picocli.CommandLine;

/**
 * The flags from wherever they may come, as in etcd: the command line, the environment ({@code
 * ETCD_DATA_DIR} is {@code --data-dir}), or a file instead of both.
 */
final class FlagSources {
  private static final String PREFIX = "ETCD_";
  private static final String CONFIG_FILE = "--config-file";

  /** What is heeded on the command line even where a file has the flags. */
  private static final Set<String> ALWAYS = Set.of("-h", "--help", "--version");

  private final Set<String> known = new LinkedHashSet<>();
  private final FlagFile file;

  /**
   * A command line that says all.
   *
   * @param arguments for the parser
   * @param notes for the operator, a sentence each
   */
  record Gathered(List<String> arguments, List<String> notes) {
    Gathered {
      arguments = List.copyOf(arguments);
      notes = List.copyOf(notes);
    }
  }

  /** False when all flags are on the command line, which spares a start to look them up. */
  static boolean concerns(List<String> commandLine, Map<String, String> environment) {
    return valueOf(commandLine).isPresent()
        || environment.keySet().stream().anyMatch(variable -> variable.startsWith(PREFIX));
  }

  /** Takes the flags that there are. */
  FlagSources(StoreOptions options, IgnoredFlags ignored) {
    var spec = new CommandLine(options).getCommandSpec();
    known.addAll(spec.optionsMap().keySet());
    known.addAll(ignored.withValue());
    known.addAll(ignored.booleans());
    file = new FlagFile(known, spec);
  }

  /**
   * Puts them together.
   *
   * @throws ConfigException when the file cannot be used, or a flag is in the environment too
   */
  Gathered gather(List<String> commandLine, Map<String, String> environment) {
    var named =
        valueOf(commandLine).or(() -> Optional.ofNullable(environment.get("ETCD_CONFIG_FILE")));
    if (named.isPresent() && !named.get().isEmpty()) {
      var arguments = new ArrayList<>(commandLine);
      arguments.removeIf(argument -> !ALWAYS.contains(argument));
      arguments.addAll(file.arguments(named.get(), read(named.get())));
      return new Gathered(
          arguments,
          List.of(
              "all flags are from "
                  + CONFIG_FILE
                  + " "
                  + named.get()
                  + "; command line and environment are ignored"));
    }
    var given = new LinkedHashSet<String>();
    commandLine.forEach(argument -> given.add(name(argument)));
    var arguments = new ArrayList<String>();
    var notes = new ArrayList<String>();
    new TreeMap<>(environment)
        .forEach((variable, value) -> {
          if (!variable.startsWith(PREFIX) || value.isEmpty()) {
            return;
          }
          var flag = flag(variable);
          if (!known.contains(flag)) {
            notes.add("environment variable " + variable + " is not known and has no effect");
          } else if (given.contains(flag)) {
            throw new ConfigException(
                variable + " is set and so is " + flag + ": leave out one of the two");
          } else {
            arguments.add(flag + "=" + value);
          }
        });
    arguments.addAll(commandLine);
    return new Gathered(arguments, notes);
  }

  private static Optional<String> valueOf(List<String> commandLine) {
    for (int i = 0; i < commandLine.size(); i++) {
      if (name(commandLine.get(i)).equals(CONFIG_FILE)) {
        int equals = commandLine.get(i).indexOf('=');
        if (equals >= 0) {
          return Optional.of(commandLine.get(i).substring(equals + 1));
        }
        return i + 1 < commandLine.size() ? Optional.of(commandLine.get(i + 1)) : Optional.empty();
      }
    }
    return Optional.empty();
  }

  private static String read(String name) {
    try {
      return Files.readString(Path.of(name));
    } catch (IOException e) {
      throw new ConfigException(CONFIG_FILE + ": cannot read " + name + ": " + e.getMessage(), e);
    }
  }

  private static String name(String argument) {
    int equals = argument.indexOf('=');
    return equals < 0 ? argument : argument.substring(0, equals);
  }

  private static String flag(String variable) {
    return "--" + variable.substring(PREFIX.length()).toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
