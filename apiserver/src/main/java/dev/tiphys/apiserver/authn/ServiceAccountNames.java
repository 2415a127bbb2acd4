package dev.tiphys.apiserver.authn;

import java.util.List;

/** How service accounts are named as users. */
public final class ServiceAccountNames {

  private static final String PREFIX = "system:serviceaccount:";

  private ServiceAccountNames() {}

  /** {@code system:serviceaccount:NAMESPACE:NAME}. */
  public static String userName(String namespace, String name) {
    return PREFIX + namespace + ":" + name;
  }

  /** The groups of every account of a namespace. */
  public static List<String> groups(String namespace) {
    return List.of("system:serviceaccounts", "system:serviceaccounts:" + namespace);
  }

  /** Whether a user name is that of a service account. */
  public static boolean isServiceAccount(String user) {
    return user.startsWith(PREFIX) && user.indexOf(':', PREFIX.length()) > PREFIX.length();
  }

  /** Namespace and name of a service account's user name. */
  public static String[] parts(String user) {
    return user.substring(PREFIX.length()).split(":", 2);
  }
}
