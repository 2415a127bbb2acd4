package dev.tiphys.apiserver.authz;

import dev.tiphys.apiserver.authn.User;
import dev.tiphys.apiserver.request.Query;
import dev.tiphys.apiserver.request.RequestInfo;
import java.util.Set;

/**
 * What authorization judges.
 *
 * @param resourceRequest whether the fields from {@code group} on have meaning; else only {@code
 *     path}
 * @param namespace empty for cluster scope
 * @param name empty if the request names no object
 * @param selectors of a list, a watch or a deletion of many
 */
public record Attributes(
    User user,
    String verb,
    boolean resourceRequest,
    String path,
    String group,
    String version,
    String resource,
    String subresource,
    String namespace,
    String name,
    Selectors selectors) {

  private static final Set<String> SELECTING = Set.of("list", "watch", "deletecollection");

  /** Without selectors. */
  public Attributes(
      User user,
      String verb,
      boolean resourceRequest,
      String path,
      String group,
      String version,
      String resource,
      String subresource,
      String namespace,
      String name) {
    this(
        user,
        verb,
        resourceRequest,
        path,
        group,
        version,
        resource,
        subresource,
        namespace,
        name,
        Selectors.NONE);
  }

  /** Of a request. */
  public static Attributes of(User user, RequestInfo info, Query query) {
    return new Attributes(
        user,
        info.verb(),
        info.resourceRequest(),
        info.path(),
        info.group(),
        info.version(),
        info.resource(),
        info.subresource(),
        info.namespace(),
        info.name(),
        info.resourceRequest() && SELECTING.contains(info.verb())
            ? Selectors.parse(query.first("fieldSelector"), query.first("labelSelector"))
            : Selectors.NONE);
  }

  /** Of an act on an object that no request of its own asks for. */
  public static Attributes resource(
      User user,
      String verb,
      String group,
      String resource,
      String subresource,
      String namespace,
      String name) {
    return new Attributes(user, verb, true, "", group, "", resource, subresource, namespace, name);
  }

  /** Resource and subresource as messages and rules name them: {@code pods/log}. */
  public String combinedResource() {
    return subresource.isEmpty() ? resource : resource + "/" + subresource;
  }

  /** Why the request is refused, in the words that clients know. */
  public String refusal() {
    String subject = "User \"" + user.name() + "\" cannot " + verb;
    if (!resourceRequest) {
      return subject + " path \"" + path + "\"";
    }
    return subject
        + " resource \""
        + combinedResource()
        + "\" in API group \""
        + group
        + "\" "
        + (namespace.isEmpty() ? "at the cluster scope" : "in the namespace \"" + namespace + "\"");
  }
}
