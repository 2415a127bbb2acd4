package dev.tiphys.apiserver;

import dev.tiphys.api.schema.GroupVersionKind;
import dev.tiphys.api.schema.ResourceType;
import dev.tiphys.apiserver.request.Deprecation;
import dev.tiphys.daemon.Version;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which kinds are given up in which versions, as the API's descriptions announce it.
 *
 * @param entries each kind in each version once
 */
record Deprecations(List<Entry> entries) {

  private static final String OPEN = "-";

  Deprecations {
    entries = List.copyOf(entries);
  }

  /**
   * A kind in a version that is given up.
   *
   * @param apiVersion as objects name it
   * @param kind the kind
   * @param since the release that says so first
   * @param removed the release from which on it is not served; null if that is open
   * @param instead version and kind that take its place; empty if none do
   */
  record Entry(
      String apiVersion, String kind, Release since, @Nullable Release removed, String instead) {

    Deprecation told() {
      String gone = removed == null ? "" : ", unavailable in v" + removed + "+";
      String use = instead.isEmpty() ? "" : "; use " + instead;
      return new Deprecation(
          apiVersion + " " + kind + " is deprecated in v" + since + "+" + gone + use,
          removed == null ? "" : removed.toString());
    }
  }

  /** A release of the API, as {@code 1.36}. */
  record Release(int major, int minor) implements Comparable<Release> {

    static Release parse(String text) {
      String[] parts = text.split("\\.");
      return new Release(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
    }

    @Override
    public int compareTo(Release other) {
      return major == other.major
          ? Integer.compare(minor, other.minor)
          : Integer.compare(major, other.major);
    }

    @Override
    public String toString() {
      return major + "." + minor;
    }
  }

  /** All that is announced, for later releases too. */
  static Deprecations announced() {
    try (InputStream in = Deprecations.class.getResourceAsStream("deprecations.txt")) {
      if (in == null) {
        throw new IOException("no resource deprecations.txt");
      }
      return new Deprecations(
          new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))
              .lines()
              .filter(line -> !line.isBlank() && !line.startsWith("#"))
              .map(Deprecations::entry)
              .toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Entry entry(String line) {
    String[] parts = line.strip().split("\\s+", 5);
    return new Entry(
        parts[0],
        parts[1],
        Release.parse(parts[2]),
        parts[3].equals(OPEN) ? null : Release.parse(parts[3]),
        parts.length > 4 ? parts[4] : "");
  }

  /** What is in force in the release that is served. */
  static Deprecations inForce() {
    Version served = Version.current();
    return announced().in(Release.parse(served.major() + "." + served.minor()));
  }

  /** What of this is in force as of a release. */
  Deprecations in(Release release) {
    return new Deprecations(
        entries.stream().filter(entry -> entry.since().compareTo(release) <= 0).toList());
  }

  /** What users of a resource are told; null if nothing. */
  @Nullable Deprecation of(ResourceType<?> type) {
    GroupVersionKind kind = type.kind();
    return entries.stream()
        .filter(entry -> entry.apiVersion().equals(kind.apiVersion()))
        .filter(entry -> entry.kind().equals(kind.kind()))
        .findFirst()
        .map(Entry::told)
        .orElse(null);
  }
}
