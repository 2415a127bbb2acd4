package dev.tiphys.daemon;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Flags that the upstream daemon has and ours does not need. They are accepted, so that a command
 * line or unit file written for the original starts ours, and named in a warning.
 *
 * @param withValue flags that take a value, with their dashes
 * @param booleans flags that stand alone or carry {@code =true} or {@code =false}
 */
public record IgnoredFlags(Set<String> withValue, Set<String> booleans) {

  /** No flag is ignored. */
  public static final IgnoredFlags NONE = new IgnoredFlags(Set.of(), Set.of());

  /**
   * What is left of a command line.
   *
   * @param arguments for the daemon's own parser
   * @param ignored the names of the flags that were passed over, in order
   */
  public record Split(List<String> arguments, List<String> ignored) {}

  /** Copies the sets. */
  public IgnoredFlags {
    withValue = Set.copyOf(withValue);
    booleans = Set.copyOf(booleans);
  }

  /**
   * Reads the list from a resource beside a class: one flag a line without dashes, {@code name=} if
   * it takes a value, {@code name} if it is a boolean; blank lines and lines with {@code #} are
   * skipped.
   *
   * @throws UncheckedIOException if the resource is missing or unreadable
   */
  public static IgnoredFlags fromResource(Class<?> beside, String name) {
    Set<String> withValue = new HashSet<>();
    Set<String> booleans = new HashSet<>();
    try (InputStream in = beside.getResourceAsStream(name)) {
      if (in == null) {
        throw new IOException("no resource " + name + " beside " + beside.getName());
      }
      BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String flag = line.strip();
        if (flag.isEmpty() || flag.startsWith("#")) {
          continue;
        }
        if (flag.endsWith("=")) {
          withValue.add("--" + flag.substring(0, flag.length() - 1));
        } else {
          booleans.add("--" + flag);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new IgnoredFlags(withValue, booleans);
  }

  /** Takes the ignored flags, and their values, out of a command line. */
  public Split split(List<String> arguments) {
    List<String> kept = new ArrayList<>();
    List<String> ignored = new ArrayList<>();
    for (int i = 0; i < arguments.size(); i++) {
      String argument = arguments.get(i);
      int equals = argument.indexOf('=');
      String name = equals < 0 ? argument : argument.substring(0, equals);
      if (booleans.contains(name)) {
        ignored.add(name);
      } else if (withValue.contains(name)) {
        ignored.add(name);
        if (equals < 0) {
          i++;
        }
      } else {
        kept.add(argument);
      }
    }
    return new Split(List.copyOf(kept), List.copyOf(ignored));
  }
}
