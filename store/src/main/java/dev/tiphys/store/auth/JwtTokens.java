package dev.tiphys.store.auth;

import dev.tiphys.store.mvcc.StoreError;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Signed tokens (RFC 7519) that hold for themselves: user name, revision of the rules, end. A
 * change of the rules makes all of them old. Thread-safe.
 */
public final class JwtTokens implements Tokens {
  private static final int PARTS = 3;

  private final JsonFactory json = new JsonFactory();
  private final JwtKey key;
  private final Duration timeToLive;
  private final InstantSource clock;

  private record Claims(String user, long revision, long expires) {}

  /** Takes the key, how long a token lives, and the time. */
  public JwtTokens(JwtKey key, Duration timeToLive, InstantSource clock) {
    this.key = key;
    this.timeToLive = timeToLive;
    this.clock = clock;
  }

  /**
   * A token for a user.
   *
   * @throws dev.tiphys.store.mvcc.StoreException when this member has only the public key
   */
  public String issue(String user, long revision) {
    var head = encode("{\"alg\":\"" + key.algorithm() + "\",\"typ\":\"JWT\"}");
    var text = new java.io.StringWriter();
    try (var out = json.createGenerator(ObjectWriteContext.empty(), text)) {
      out.writeStartObject();
      out.writeName("username").writeString(user);
      out.writeName("revision").writeNumber(revision);
      out.writeName("exp").writeNumber(clock.instant().plus(timeToLive).getEpochSecond());
      out.writeEndObject();
    }
    var signed = head + "." + encode(text.toString());
    byte[] signature = key.sign(signed.getBytes(StandardCharsets.US_ASCII));
    return signed + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature);
  }

  @Override
  public String user(String token, Rules rules) {
    var claims = claims(token);
    if (claims == null || !Instant.ofEpochSecond(claims.expires).isAfter(clock.instant())) {
      throw StoreError.INVALID_AUTH_TOKEN.exception();
    }
    if (claims.revision < rules.revision()) {
      throw StoreError.AUTH_OLD_REVISION.exception();
    }
    return claims.user;
  }

  /** What a token says; null when it is malformed or not signed by us. */
  private @Nullable Claims claims(String token) {
    var parts = token.split("\\.", PARTS + 1);
    if (parts.length != PARTS) {
      return null;
    }
    try {
      var signed = (parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII);
      // The algorithm is that of the key, whatever the token's head says.
      if (!key.verify(signed, Base64.getUrlDecoder().decode(parts[2]))) {
        return null;
      }
      return parse(Base64.getUrlDecoder().decode(parts[1]));
    } catch (IllegalArgumentException | JacksonException e) {
      return null;
    }
  }

  private Claims parse(byte[] payload) {
    var user = "";
    long revision = 0;
    long expires = 0;
    try (var in = json.createParser(ObjectReadContext.empty(), payload)) {
      in.nextToken();
      while (in.nextToken() == JsonToken.PROPERTY_NAME) {
        var name = in.currentName();
        var value = in.nextToken();
        if (name.equals("username") && value == JsonToken.VALUE_STRING) {
          user = in.getString();
        } else if (name.equals("revision") && value.isNumeric()) {
          revision = in.getLongValue();
        } else if (name.equals("exp") && value.isNumeric()) {
          expires = in.getLongValue();
        } else {
          in.skipChildren();
        }
      }
    }
    return new Claims(user, revision, expires);
  }

  private static String encode(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
