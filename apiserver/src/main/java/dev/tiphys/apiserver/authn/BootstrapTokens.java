package dev.tiphys.apiserver.authn;

import dev.tiphys.api.Resources;
import dev.tiphys.api.core.v1.Secret;
import dev.tiphys.api.value.Bytes;
import dev.tiphys.api.value.Rfc3339;
import dev.tiphys.apiserver.strategy.ClusterView;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tokens with which nodes join a cluster: each is a Secret of the type {@code
 * bootstrap.kubernetes.io/token} in {@code kube-system}. Thread-safe.
 */
public final class BootstrapTokens implements TokenAuthenticator {

  private static final Logger log = LoggerFactory.getLogger(BootstrapTokens.class);
  private static final Pattern TOKEN = Pattern.compile("([a-z0-9]{6})\\.([a-z0-9]{16})");
  private static final Pattern GROUP =
      Pattern.compile("system:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]");
  private static final String NAMESPACE = "kube-system";
  private static final String TYPE = "bootstrap.kubernetes.io/token";

  private final ClusterView view;
  private final InstantSource clock;

  /** Looks secrets up in a view. */
  public BootstrapTokens(ClusterView view, InstantSource clock) {
    this.view = view;
    this.clock = clock;
  }

  @Override
  public @Nullable Verified verify(String token, List<String> audiences) {
    Matcher parts = TOKEN.matcher(token);
    if (!parts.matches()) {
      return null;
    }
    String id = parts.group(1);
    Secret secret = view.get(Resources.SECRETS, NAMESPACE, "bootstrap-token-" + id);
    if (secret == null
        || secret.metadata().deletionTimestamp() != null
        || !TYPE.equals(secret.type())
        || !same(parts.group(2), text(secret, "token-secret"))
        || !id.equals(text(secret, "token-id"))
        || expired(secret)
        || !text(secret, "usage-bootstrap-authentication").equals("true")) {
      return null;
    }
    List<String> groups = new ArrayList<>(List.of("system:bootstrappers"));
    String more = text(secret, "auth-extra-groups");
    for (String group : more.isEmpty() ? new String[0] : more.split(",", -1)) {
      if (!GROUP.matcher(group).matches()) {
        log.warn("event=bootstrap-token-unusable id={} group=\"{}\"", id, group);
        return null;
      }
      if (!groups.contains(group)) {
        groups.add(group);
      }
    }
    return new Verified(new User("system:bootstrap:" + id, "", groups, Map.of()), audiences);
  }

  private static boolean same(String shown, String secret) {
    return MessageDigest.isEqual(
        shown.getBytes(StandardCharsets.UTF_8), secret.getBytes(StandardCharsets.UTF_8));
  }

  private boolean expired(Secret secret) {
    String until = text(secret, "expiration");
    if (until.isEmpty()) {
      return false;
    }
    try {
      Instant end = Rfc3339.parse(until);
      return !clock.instant().isBefore(end);
    } catch (IllegalArgumentException _) {
      return true;
    }
  }

  private static String text(Secret secret, String key) {
    Bytes value = secret.data().get(key);
    return value == null ? "" : new String(value.toByteArray(), StandardCharsets.UTF_8);
  }
}
