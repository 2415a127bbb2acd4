package dev.tiphys.apiserver.authz.webhook;

import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.apiserver.authz.Attributes;
import dev.tiphys.apiserver.authz.Selectors;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a request is about, as SubjectAccessReviews tell it. Pure. */
final class ReviewTrees {

  private static final String GROUP = "authorization.k8s.io/";

  private ReviewTrees() {}

  /** A review to be sent. */
  static JsonTree.Obj review(Attributes request, String version) {
    Map<String, JsonTree> review = new LinkedHashMap<>();
    review.put("kind", text("SubjectAccessReview"));
    review.put("apiVersion", text(GROUP + version));
    review.put("metadata", JsonTree.EMPTY_OBJECT);
    Map<String, JsonTree> spec = new LinkedHashMap<>(spec(request, false).members());
    JsonTree groups = spec.remove("groups");
    if (groups != null) {
      spec.put(version.equals("v1beta1") ? "group" : "groups", groups);
    }
    review.put("spec", new JsonTree.Obj(spec));
    return new JsonTree.Obj(review);
  }

  /**
   * The spec.
   *
   * @param whole with all members that are texts, also empty ones, as conditions see it
   */
  static JsonTree.Obj spec(Attributes request, boolean whole) {
    Map<String, JsonTree> spec = new LinkedHashMap<>();
    if (request.resourceRequest()) {
      Map<String, JsonTree> resource = new LinkedHashMap<>();
      put(resource, "namespace", request.namespace(), whole);
      put(resource, "verb", request.verb(), whole);
      put(resource, "group", request.group(), whole);
      put(resource, "version", request.version(), whole);
      put(resource, "resource", request.resource(), whole);
      put(resource, "subresource", request.subresource(), whole);
      put(resource, "name", request.name(), whole);
      selector(resource, "fieldSelector", request.selectors().fields());
      selector(resource, "labelSelector", request.selectors().labels());
      spec.put("resourceAttributes", new JsonTree.Obj(resource));
    } else {
      Map<String, JsonTree> path = new LinkedHashMap<>();
      put(path, "path", request.path(), whole);
      put(path, "verb", request.verb(), whole);
      spec.put("nonResourceAttributes", new JsonTree.Obj(path));
    }
    put(spec, "user", request.user().name(), whole);
    if (whole || !request.user().groups().isEmpty()) {
      spec.put("groups", texts(request.user().groups()));
    }
    if (whole || !request.user().extra().isEmpty()) {
      Map<String, JsonTree> extra = new LinkedHashMap<>();
      request.user().extra().entrySet().stream()
          .sorted(Map.Entry.comparingByKey())
          .forEach(one -> extra.put(one.getKey(), texts(one.getValue())));
      spec.put("extra", new JsonTree.Obj(extra));
    }
    put(spec, "uid", request.user().uid(), whole);
    return new JsonTree.Obj(spec);
  }

  private static void selector(
      Map<String, JsonTree> into, String name, List<Selectors.Requirement> requirements) {
    if (requirements.isEmpty()) {
      return;
    }
    List<JsonTree> all = new ArrayList<>();
    for (Selectors.Requirement one : requirements) {
      Map<String, JsonTree> members = new LinkedHashMap<>();
      members.put("key", text(one.key()));
      members.put("operator", text(one.operator()));
      if (!one.values().isEmpty()) {
        members.put("values", texts(one.values()));
      }
      all.add(new JsonTree.Obj(members));
    }
    into.put(name, new JsonTree.Obj(Map.of("requirements", new JsonTree.Arr(all))));
  }

  private static void put(Map<String, JsonTree> into, String name, String value, boolean whole) {
    if (whole || !value.isEmpty()) {
      into.put(name, text(value));
    }
  }

  private static JsonTree text(String value) {
    return new JsonTree.Text(value);
  }

  private static JsonTree texts(List<String> values) {
    return new JsonTree.Arr(values.stream().map(ReviewTrees::text).toList());
  }
}
