package dev.tiphys.apiserver.authn;

import dev.tiphys.apiserver.http.Headers;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A user whom a proxy in front of this server has authenticated and names in header fields. The
 * proxy itself shows a certificate of an authority of its own.
 *
 * @param authority {@code --requestheader-client-ca-file}
 * @param allowedNames the proxies' common names; empty for whatever the authority has signed
 * @param userHeaders fields that name the user; the first that is there counts
 * @param uidHeaders fields that tell its uid; the first that is there counts
 * @param groupHeaders fields that name its groups
 * @param extraPrefixes what the names of fields with further attributes begin with
 */
public record RequestHeaders(
    Path authority,
    List<String> allowedNames,
    List<String> userHeaders,
    List<String> uidHeaders,
    List<String> groupHeaders,
    List<String> extraPrefixes) {

  /** Copies the lists. */
  public RequestHeaders {
    allowedNames = List.copyOf(allowedNames);
    userHeaders = List.copyOf(userHeaders);
    uidHeaders = List.copyOf(uidHeaders);
    groupHeaders = List.copyOf(groupHeaders);
    extraPrefixes = List.copyOf(extraPrefixes);
  }

  /** Whether a certificate, signed by the authority, is a proxy's. */
  boolean isProxy(X509Certificate certificate) {
    User named = ClientCertificates.userOf(certificate);
    return allowedNames.isEmpty() || (named != null && allowedNames.contains(named.name()));
  }

  /** The user that a proxy names; null if it names none. */
  @Nullable User userOf(Headers headers) {
    String name = first(headers, userHeaders);
    if (name.isEmpty()) {
      return null;
    }
    List<String> groups = new ArrayList<>();
    groupHeaders.forEach(header -> groups.addAll(headers.all(header)));
    return new User(name, first(headers, uidHeaders), groups, extra(headers));
  }

  private static String first(Headers headers, List<String> names) {
    for (String name : names) {
      String value = headers.firstOr(name, "").strip();
      if (!value.isEmpty()) {
        return value;
      }
    }
    return "";
  }

  private Map<String, List<String>> extra(Headers headers) {
    Map<String, List<String>> extra = new LinkedHashMap<>();
    headers.forEach((name, value) -> {
      for (String prefix : extraPrefixes) {
        if (name.regionMatches(true, 0, prefix, 0, prefix.length())) {
          extra
              .computeIfAbsent(key(name.substring(prefix.length())), _ -> new ArrayList<>(1))
              .add(value);
        }
      }
    });
    return extra;
  }

  /** Names of fields have no case, and what they may not hold is percent-encoded. */
  private static String key(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    try {
      return URLDecoder.decode(lower.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException _) {
      return lower;
    }
  }
}
