package dev.tiphys.apiserver.authn;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Who asks.
 *
 * @param name unique, as {@code system:node:n1}
 * @param uid empty if unknown
 * @param groups in the order in which they were found
 * @param extra further attributes
 */
public record User(String name, String uid, List<String> groups, Map<String, List<String>> extra) {

  /** The name of whoever shows no credentials. */
  public static final String ANONYMOUS_NAME = "system:anonymous";

  /** The group of everybody who showed credentials. */
  public static final String AUTHENTICATED = "system:authenticated";

  /** The group of everybody who did not. */
  public static final String UNAUTHENTICATED = "system:unauthenticated";

  /** The group that authorization never refuses. */
  public static final String MASTERS = "system:masters";

  /** Whoever shows no credentials. */
  public static final User ANONYMOUS =
      new User(ANONYMOUS_NAME, "", List.of(UNAUTHENTICATED), Map.of());

  /** The server itself, where it writes on its own behalf. */
  public static final User SELF =
      new User("system:apiserver", "", List.of(MASTERS, AUTHENTICATED), Map.of());

  /** Copies the collections. */
  public User {
    groups = List.copyOf(groups);
    extra = Map.copyOf(extra);
  }

  /** A user known by a name and groups alone. */
  public static User of(String name, List<String> groups) {
    return new User(name, "", groups, Map.of());
  }

  /** The same with the group of all who showed credentials. */
  User authenticated() {
    if (groups.contains(AUTHENTICATED)
        || groups.contains(UNAUTHENTICATED)
        || name.equals(ANONYMOUS_NAME)) {
      return this;
    }
    List<String> all = new ArrayList<>(groups);
    all.add(AUTHENTICATED);
    return new User(name, uid, all, extra);
  }
}
