package dev.tiphys.apiserver;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * What is published of the API's resources, and a valid object of each. {@code api-resources.tsv}
 * has a line a resource and subresource: group, version, resource, kind, the kind's group and
 * version if they are others, scope, singular, short names, categories, verbs. {@code samples.txt}
 * has a line a resource: its name, group and perhaps version, then a body.
 */
final class ApiFacts {

  private ApiFacts() {}

  /** A published resource or subresource. */
  record Fact(
      String group,
      String version,
      String resource,
      String kind,
      String kindGroup,
      String kindVersion,
      boolean namespaced,
      String singular,
      List<String> shortNames,
      List<String> categories,
      List<String> verbs) {

    boolean isSubresource() {
      return resource.contains("/");
    }

    /** Whether the server is to keep objects of it. */
    boolean isKept() {
      return !isSubresource() && verbs.contains("delete");
    }

    String groupVersion() {
      return group.isEmpty() ? version : group + "/" + version;
    }

    String root() {
      return (group.isEmpty() ? "/api/" : "/apis/") + groupVersion();
    }

    @Override
    public String toString() {
      return groupVersion() + " " + resource;
    }
  }

  /** All of them, but for what is defined elsewhere: custom resource definitions. */
  static List<Fact> resources() {
    return lines("api-resources.tsv").stream()
        .map(line -> line.split("\t", -1))
        .map(c ->
            new Fact(
                c[0],
                c[1],
                c[2],
                c[3],
                c[4],
                c[5],
                c[6].equals("namespaced"),
                c[7],
                list(c[8]),
                list(c[9]),
                list(c[10])))
        .filter(fact -> !fact.group().equals("apiextensions.k8s.io"))
        .toList();
  }

  /** A valid body of a resource, as JSON without kind and name. */
  static String sample(Fact fact) {
    return sample(fact.group(), fact.version(), fact.resource());
  }

  /** A valid body of a version of a resource. */
  static String sample(String group, String version, String resource) {
    String name = qualified(group, resource);
    Map<String, String> samples = new TreeMap<>();
    for (String line : lines("samples.txt")) {
      int space = line.indexOf(' ');
      samples.put(line.substring(0, space), line.substring(space + 1));
    }
    String sample = samples.getOrDefault(name + "/" + version, samples.get(name));
    return Objects.requireNonNull(sample, () -> "no sample of " + name);
  }

  /** A resource with its group: {@code jobs.batch}. */
  static String qualified(String group, String resource) {
    return group.isEmpty() ? resource : resource + "." + group;
  }

  private static List<String> list(String text) {
    return text.isEmpty() ? List.of() : List.of(text.split(","));
  }

  /** The lines of a test resource. */
  static List<String> lines(String file) {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(ApiFacts.class.getResourceAsStream(file)),
                StandardCharsets.UTF_8))) {
      return reader.lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
