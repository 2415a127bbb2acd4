package dev.tiphys.apiserver.pipeline;

import dev.tiphys.apiserver.authn.ServiceAccountNames;
import dev.tiphys.apiserver.authn.User;
import dev.tiphys.apiserver.authz.Attributes;
import dev.tiphys.apiserver.authz.AuthorizerChain;
import dev.tiphys.apiserver.http.Headers;
import dev.tiphys.apiserver.request.ApiException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Acting as another user, by {@code Impersonate-*} headers, for those who may. */
final class Impersonation {

  private static final String USER = "Impersonate-User";
  private static final String GROUP = "Impersonate-Group";
  private static final String UID = "Impersonate-Uid";
  private static final String EXTRA = "impersonate-extra-";
  private static final String AUTHENTICATION = "authentication.k8s.io";

  private final AuthorizerChain authorizer;

  Impersonation(AuthorizerChain authorizer) {
    this.authorizer = authorizer;
  }

  /**
   * The user that a request acts as.
   *
   * @throws ApiException 403 if the user may not act as that one, 400 if headers contradict
   */
  User apply(Headers headers, User user) {
    String name = headers.firstOr(USER, "");
    List<String> groups = headers.all(GROUP);
    String uid = headers.firstOr(UID, "");
    Map<String, List<String>> extra = extra(headers);
    if (name.isEmpty()) {
      if (groups.isEmpty() && uid.isEmpty() && extra.isEmpty()) {
        return user;
      }
      throw ApiException.badRequest("requested " + groups + " without impersonating a user");
    }
    requireUser(user, name);
    for (String group : groups) {
      require(user, "", "groups", "", "", group);
    }
    if (!uid.isEmpty()) {
      require(user, AUTHENTICATION, "uids", "", "", uid);
    }
    extra.forEach((key, values) ->
        values.forEach(value -> require(user, AUTHENTICATION, "userextras", key, "", value)));
    return new User(name, uid, groupsOf(name, groups), extra);
  }

  private void requireUser(User user, String name) {
    if (ServiceAccountNames.isServiceAccount(name)) {
      String[] parts = ServiceAccountNames.parts(name);
      require(user, "", "serviceaccounts", "", parts[0], parts[1]);
    } else {
      require(user, "", "users", "", "", name);
    }
  }

  private void require(
      User user, String group, String resource, String subresource, String namespace, String name) {
    authorizer.require(
        Attributes.resource(user, "impersonate", group, resource, subresource, namespace, name));
  }

  private static List<String> groupsOf(String name, List<String> asked) {
    List<String> groups = new ArrayList<>(asked);
    if (asked.isEmpty() && ServiceAccountNames.isServiceAccount(name)) {
      groups.addAll(ServiceAccountNames.groups(ServiceAccountNames.parts(name)[0]));
    }
    String everybody = name.equals(User.ANONYMOUS_NAME) ? User.UNAUTHENTICATED : User.AUTHENTICATED;
    if (!groups.contains(everybody)) {
      groups.add(everybody);
    }
    return groups;
  }

  private static Map<String, List<String>> extra(Headers headers) {
    Map<String, List<String>> extra = new LinkedHashMap<>();
    headers.forEach((name, value) -> {
      String lower = name.toLowerCase(Locale.ROOT);
      if (lower.startsWith(EXTRA)) {
        String key = URLDecoder.decode(lower.substring(EXTRA.length()), StandardCharsets.UTF_8);
        extra.computeIfAbsent(key, _ -> new ArrayList<>(1)).add(value);
      }
    });
    return extra;
  }
}
