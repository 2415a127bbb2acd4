package dev.tiphys.apiserver.request;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What a request is about, as its path, method and query tell: the attributes that authorization
 * judges and by which the request is routed.
 *
 * @param resourceRequest whether the path names a resource; else only verb and path have meaning
 * @param verb {@code get}, {@code list}, {@code watch}, {@code create}, {@code update}, {@code
 *     patch}, {@code delete}, {@code deletecollection}; the method in lower case where the path
 *     names no resource
 * @param path as sent, without the query
 * @param group empty for the core group
 * @param version as {@code v1}
 * @param namespace empty if the path names none; for a Namespace itself, its name
 * @param resource plural name
 * @param subresource empty if none
 * @param name empty if none
 * @param parts what follows the version and namespace: resource, name, subresource and, for
 *     proxies, whatever follows
 */
public record RequestInfo(
    boolean resourceRequest,
    String verb,
    String path,
    String group,
    String version,
    String namespace,
    String resource,
    String subresource,
    String name,
    List<String> parts) {

  private static final Set<String> READ_ONLY = Set.of("get", "list", "watch", "head", "options");
  private static final Set<String> LONG_RUNNING =
      Set.of("attach", "exec", "proxy", "log", "portforward");
  private static final Set<String> NAMESPACE_SUBRESOURCES = Set.of("status", "finalize");

  /**
   * Reads a request.
   *
   * @param method in upper case
   * @param path percent-encoded, as sent
   */
  public static RequestInfo of(String method, String path, Query query) {
    List<String> parts = split(path);
    if (parts.size() < 3 || !(parts.get(0).equals("api") || parts.get(0).equals("apis"))) {
      return nonResource(method, path);
    }
    boolean core = parts.get(0).equals("api");
    if (!core && parts.size() < 4) {
      return nonResource(method, path);
    }
    String group = core ? "" : parts.get(1);
    String version = parts.get(core ? 1 : 2);
    List<String> rest = parts.subList(core ? 2 : 3, parts.size());
    String verb = verbOf(method);
    if (rest.getFirst().equals("watch") && rest.size() > 1) {
      verb = "watch";
      rest = rest.subList(1, rest.size());
    }
    String namespace = "";
    if (rest.getFirst().equals("namespaces") && rest.size() > 1) {
      namespace = rest.get(1);
      if (rest.size() > 2 && !NAMESPACE_SUBRESOURCES.contains(rest.get(2))) {
        rest = rest.subList(2, rest.size());
      }
    }
    String name = rest.size() > 1 ? rest.get(1) : "";
    if (name.isEmpty() && verb.equals("get")) {
      verb = query.flag("watch") ? "watch" : "list";
      name = nameSelected(query.first("fieldSelector"));
    } else if (name.isEmpty() && verb.equals("delete")) {
      verb = "deletecollection";
    }
    return new RequestInfo(
        true,
        verb,
        path,
        group,
        version,
        namespace,
        rest.getFirst(),
        rest.size() > 2 ? rest.get(2) : "",
        name,
        List.copyOf(rest));
  }

  /** Whether the path itself names an object; a name from a field selector does not count. */
  public boolean namesObject() {
    return parts.size() > 1;
  }

  /** Whether it may go on for as long as its client likes. */
  public boolean longRunning() {
    return verb.equals("watch") || LONG_RUNNING.contains(subresource);
  }

  /** Whether it writes, or might. */
  public boolean mutating() {
    return !READ_ONLY.contains(verb);
  }

  private static RequestInfo nonResource(String method, String path) {
    return new RequestInfo(
        false, method.toLowerCase(Locale.ROOT), path, "", "", "", "", "", "", List.of());
  }

  private static String verbOf(String method) {
    return switch (method) {
      case "POST" -> "create";
      case "GET", "HEAD" -> "get";
      case "PUT" -> "update";
      case "PATCH" -> "patch";
      case "DELETE" -> "delete";
      default -> "";
    };
  }

  /** The name that a list asks for by {@code metadata.name=x} is what authorization judges. */
  private static String nameSelected(String fieldSelector) {
    for (String term : fieldSelector.split(",")) {
      if (term.startsWith("metadata.name=")) {
        String value = term.substring("metadata.name=".length());
        String name = value.startsWith("=") ? value.substring(1) : value;
        return name.contains("/") || name.contains("%") ? "" : name;
      }
    }
    return "";
  }

  private static List<String> split(String path) {
    List<String> parts = new ArrayList<>(8);
    int start = 0;
    while (start < path.length()) {
      int end = path.indexOf('/', start);
      end = end < 0 ? path.length() : end;
      if (end > start) {
        parts.add(decode(path.substring(start, end)));
      }
      start = end + 1;
    }
    return parts;
  }

  private static String decode(String segment) {
    if (segment.indexOf('%') < 0) {
      return segment;
    }
    try {
      return URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw ApiException.badRequest("invalid URL escape in path: " + segment);
    }
  }
}
