package dev.tiphys.apiserver.authn;

import dev.tiphys.api.codec.JsonTree;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Issues and verifies the tokens of service accounts, bound to an audience, a time and, if asked,
 * to a Pod, Secret or Node that must still exist. Thread-safe.
 */
public final class ServiceAccountTokens implements TokenAuthenticator {

  /** Where a bound object's existence is looked up. */
  public interface Objects {
    /** The uid of a service account, or null if there is none (or it is being deleted). */
    @Nullable String serviceAccountUid(String namespace, String name);

    /**
     * The uid of what a token is bound to, or null if it is gone.
     *
     * @param kind {@code Pod}, {@code Secret} or {@code Node}
     * @param namespace empty for a Node
     */
    @Nullable String boundUid(String kind, String namespace, String name);
  }

  /**
   * An object that a token dies with.
   *
   * @param kind {@code Pod}, {@code Secret} or {@code Node}
   */
  public record Bound(String kind, String name, String uid) {}

  /**
   * A token just made.
   *
   * @param id its {@code jti}
   */
  public record Issued(String token, Instant expires, String id) {}

  /** How far behind the issuer this server's clock may be. */
  private static final Duration CLOCK_SKEW = Duration.ofSeconds(10);

  private static final Set<SigningAlgorithm> ALGORITHMS =
      Set.of(SigningAlgorithm.RS256, SigningAlgorithm.ES256);

  private final String issuer;
  private final List<PublicKey> verifyKeys;
  private final @Nullable PrivateKey signKey;
  private final String keyId;
  private final List<String> audiences;
  private final Objects objects;
  private final InstantSource clock;
  private final Supplier<UUID> ids;

  /** Tokens whose signature has been checked: their claims. Bounded; emptied when full. */
  private final Map<String, JsonTree.Obj> signatureChecked = new ConcurrentHashMap<>();

  /**
   * Prepares issuing and verifying.
   *
   * @param issuer of new tokens, the only one accepted
   * @param verifyKeys of which one must verify a token; the first belongs to {@code signKey}
   * @param signKey null if no tokens are issued
   * @param audiences of this API server
   */
  public ServiceAccountTokens(
      String issuer,
      List<PublicKey> verifyKeys,
      @Nullable PrivateKey signKey,
      List<String> audiences,
      Objects objects,
      InstantSource clock,
      Supplier<UUID> ids) {
    this.issuer = issuer;
    this.verifyKeys = List.copyOf(verifyKeys);
    this.signKey = signKey;
    this.keyId = verifyKeys.isEmpty() ? "" : keyId(verifyKeys.getFirst());
    this.audiences = List.copyOf(audiences);
    this.objects = objects;
    this.clock = clock;
    this.ids = ids;
  }

  /** The audiences that a token gets if its owner names none. */
  public List<String> audiences() {
    return audiences;
  }

  /** Whether tokens can be issued. */
  public boolean issues() {
    return signKey != null;
  }

  /** How tokens name a key: the digest of its public half. */
  public static String keyId(PublicKey key) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(sha256(key.getEncoded()));
  }

  /**
   * Makes a token.
   *
   * @throws IllegalStateException if there is no key to sign with
   */
  public Issued issue(
      String namespace,
      String name,
      String uid,
      List<Bound> bound,
      List<String> tokenAudiences,
      Duration lifetime)
      throws GeneralSecurityException {
    if (signKey == null) {
      throw new IllegalStateException("no key to sign service account tokens with");
    }
    Instant now = clock.instant();
    Instant expires = now.plus(lifetime);
    String id = ids.get().toString();
    Map<String, JsonTree> kubernetes = new LinkedHashMap<>();
    kubernetes.put("namespace", new JsonTree.Text(namespace));
    for (Bound object : bound) {
      kubernetes.put(claimOf(object.kind()), reference(object.name(), object.uid()));
    }
    kubernetes.put("serviceaccount", reference(name, uid));
    Map<String, JsonTree> claims = new LinkedHashMap<>();
    claims.put(
        "aud",
        new JsonTree.Arr(tokenAudiences.stream().<JsonTree>map(JsonTree.Text::new).toList()));
    claims.put("exp", number(expires));
    claims.put("iat", number(now));
    claims.put("iss", new JsonTree.Text(issuer));
    claims.put("jti", new JsonTree.Text(id));
    claims.put("kubernetes.io", new JsonTree.Obj(kubernetes));
    claims.put("nbf", number(now));
    claims.put("sub", new JsonTree.Text(ServiceAccountNames.userName(namespace, name)));
    return new Issued(Jwt.sign(new JsonTree.Obj(claims), signKey, keyId), expires, id);
  }

  /**
   * Verifies a token.
   *
   * @param wanted audiences of which the token must have one; empty for this server's own
   * @return null if the token is not one of ours, has expired, or what it is bound to is gone
   */
  @Override
  public @Nullable Verified verify(String token, List<String> wanted) {
    JsonTree.Obj claims = signedClaims(token);
    if (claims == null || !holdsNow(claims)) {
      return null;
    }
    List<String> accepted = new ArrayList<>();
    for (String audience : audiencesOf(claims)) {
      if ((wanted.isEmpty() ? audiences : wanted).contains(audience)) {
        accepted.add(audience);
      }
    }
    User user = accepted.isEmpty() ? null : userOf(claims);
    return user == null ? null : new Verified(user, List.copyOf(accepted));
  }

  private JsonTree.@Nullable Obj signedClaims(String token) {
    String digest =
        Base64.getEncoder().encodeToString(sha256(token.getBytes(StandardCharsets.UTF_8)));
    JsonTree.Obj known = signatureChecked.get(digest);
    if (known != null) {
      return known;
    }
    Jwt.Parsed parsed = Jwt.parse(token);
    if (parsed == null
        || !Jwt.text(parsed.claims().get("iss")).equals(issuer)
        || verifyKeys.stream().noneMatch(key -> Jwt.verifies(parsed, key, ALGORITHMS))) {
      return null;
    }
    if (signatureChecked.size() >= Limits.CHECKED_TOKENS) {
      signatureChecked.clear();
    }
    signatureChecked.put(digest, parsed.claims());
    return parsed.claims();
  }

  private boolean holdsNow(JsonTree.Obj claims) {
    long now = clock.instant().getEpochSecond();
    return now < Jwt.seconds(claims.get("exp"), 0) + 1
        && now >= Jwt.seconds(claims.get("nbf"), Long.MAX_VALUE) - CLOCK_SKEW.toSeconds();
  }

  private static List<String> audiencesOf(JsonTree.Obj claims) {
    return switch (claims.get("aud")) {
      case JsonTree.Text one -> List.of(one.value());
      case JsonTree.Arr many -> many.elements().stream().map(Jwt::text).toList();
      case null, default -> List.of();
    };
  }

  private @Nullable User userOf(JsonTree.Obj claims) {
    if (!(claims.get("kubernetes.io") instanceof JsonTree.Obj kubernetes)
        || !(kubernetes.get("serviceaccount") instanceof JsonTree.Obj account)) {
      return null;
    }
    String namespace = Jwt.text(kubernetes.get("namespace"));
    String name = Jwt.text(account.get("name"));
    String uid = Jwt.text(account.get("uid"));
    if (uid.isEmpty() || !uid.equals(objects.serviceAccountUid(namespace, name))) {
      return null;
    }
    Map<String, List<String>> extra = new LinkedHashMap<>();
    extra.put(
        "authentication.kubernetes.io/credential-id",
        List.of("JTI=" + Jwt.text(claims.get("jti"))));
    for (String kind : List.of("Pod", "Secret", "Node")) {
      if (kubernetes.get(claimOf(kind)) instanceof JsonTree.Obj bound) {
        String boundName = Jwt.text(bound.get("name"));
        String boundUid = Jwt.text(bound.get("uid"));
        boolean informative = kind.equals("Node") && kubernetes.get("pod") != null;
        String place = kind.equals("Node") ? "" : namespace;
        if (!informative && !boundUid.equals(objects.boundUid(kind, place, boundName))) {
          return null;
        }
        if (!kind.equals("Secret")) {
          String prefix = "authentication.kubernetes.io/" + claimOf(kind);
          extra.put(prefix + "-name", List.of(boundName));
          extra.put(prefix + "-uid", List.of(boundUid));
        }
      }
    }
    return new User(
        ServiceAccountNames.userName(namespace, name),
        uid,
        ServiceAccountNames.groups(namespace),
        extra);
  }

  private static String claimOf(String kind) {
    return kind.toLowerCase(Locale.ROOT);
  }

  private static JsonTree reference(String name, String uid) {
    Map<String, JsonTree> reference = new LinkedHashMap<>();
    reference.put("name", new JsonTree.Text(name));
    reference.put("uid", new JsonTree.Text(uid));
    return new JsonTree.Obj(reference);
  }

  private static JsonTree number(Instant time) {
    return new JsonTree.Num(Long.toString(time.getEpochSecond()));
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
