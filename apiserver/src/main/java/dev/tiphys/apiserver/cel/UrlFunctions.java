package dev.tiphys.apiserver.cel;

import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.OpaqueType;
import dev.cel.common.types.SimpleType;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** {@code url} and its parts. */
final class UrlFunctions {

  private static final OpaqueType URL = OpaqueType.create("kubernetes.URL");

  private UrlFunctions() {}

  static List<Function> all() {
    List<Function> all = new ArrayList<>();
    all.add(
        Function.global(
            "url",
            "kube_url",
            URL,
            arguments -> parse((String) arguments[0]),
            List.of(SimpleType.STRING),
            String.class));
    all.add(
        Function.global(
            "isURL",
            "kube_is_url",
            SimpleType.BOOL,
            arguments -> isUrl((String) arguments[0]),
            List.of(SimpleType.STRING),
            String.class));
    part(all, "getScheme", uri -> uri.getScheme());
    part(all, "getHost", uri -> hostAndPort(uri));
    part(all, "getHostname", uri -> hostname(uri));
    part(all, "getPort", uri -> uri.getPort() < 0 ? "" : Integer.toString(uri.getPort()));
    part(all, "getEscapedPath", uri -> uri.getRawPath());
    all.add(
        Function.member(
            "getQuery",
            "kube_url_get_query",
            MapType.create(SimpleType.STRING, ListType.create(SimpleType.STRING)),
            arguments -> query((URI) arguments[0]),
            List.of(URL),
            URI.class));
    return all;
  }

  private interface Part {
    @Nullable String of(URI uri);
  }

  private static void part(List<Function> all, String name, Part part) {
    all.add(
        Function.member(
            name,
            "kube_url_" + name,
            SimpleType.STRING,
            arguments -> {
              String text = part.of((URI) arguments[0]);
              return text == null ? "" : text;
            },
            List.of(URL),
            URI.class));
  }

  private static URI parse(String text) {
    try {
      URI uri = new URI(text);
      if (uri.getScheme() != null || text.startsWith("/")) {
        return uri;
      }
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(
          "URL parse error during conversion from string: " + e.getMessage(), e);
    }
    throw new IllegalArgumentException(
        "URL parse error during conversion from string: parse \""
            + text
            + "\": invalid URI for request");
  }

  private static boolean isUrl(String text) {
    try {
      return parse(text) != null;
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  private static @Nullable String hostAndPort(URI uri) {
    String authority = uri.getRawAuthority();
    if (authority == null) {
      return "";
    }
    return authority.substring(authority.lastIndexOf('@') + 1);
  }

  private static String hostname(URI uri) {
    String host = uri.getHost();
    if (host == null) {
      return "";
    }
    UnaryOperator<String> bare = text -> text.substring(1, text.length() - 1);
    return host.startsWith("[") ? bare.apply(host) : host;
  }

  private static Map<String, List<String>> query(URI uri) {
    Map<String, List<String>> query = new LinkedHashMap<>();
    String raw = uri.getRawQuery();
    if (raw == null || raw.isEmpty()) {
      return query;
    }
    for (String pair : raw.split("&", -1)) {
      int equals = pair.indexOf('=');
      String key = equals < 0 ? pair : pair.substring(0, equals);
      String value = equals < 0 ? "" : pair.substring(equals + 1);
      query.computeIfAbsent(decoded(key), _ -> new ArrayList<>(1)).add(decoded(value));
    }
    return query;
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }
}
