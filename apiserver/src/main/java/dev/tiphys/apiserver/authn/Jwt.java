package dev.tiphys.apiserver.authn;

import dev.tiphys.api.codec.DecodeException;
import dev.tiphys.api.codec.JsonTree;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.ECPrivateKey;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** JSON Web Tokens (RFC 7519) in compact form. */
public final class Jwt {

  /**
   * A token taken apart, not yet verified.
   *
   * @param signed what the signature covers
   */
  public record Parsed(JsonTree.Obj header, JsonTree.Obj claims, byte[] signed, byte[] signature) {}

  private Jwt() {}

  /** Takes a token apart; null if it is none. */
  public static @Nullable Parsed parse(String token) {
    int first = token.indexOf('.');
    int second = first < 0 ? -1 : token.indexOf('.', first + 1);
    if (second < 0 || token.indexOf('.', second + 1) >= 0) {
      return null;
    }
    try {
      Base64.Decoder base64 = Base64.getUrlDecoder();
      JsonTree header = JsonTree.parse(base64.decode(token.substring(0, first)));
      JsonTree claims = JsonTree.parse(base64.decode(token.substring(first + 1, second)));
      return header instanceof JsonTree.Obj h && claims instanceof JsonTree.Obj c
          ? new Parsed(
              h,
              c,
              token.substring(0, second).getBytes(StandardCharsets.US_ASCII),
              base64.decode(token.substring(second + 1)))
          : null;
    } catch (IllegalArgumentException | DecodeException e) {
      return null;
    }
  }

  /**
   * Whether a key has signed it. The algorithm that the header names must be one of those allowed,
   * and one for such a key.
   */
  public static boolean verifies(
      Parsed token, PublicKey key, Collection<SigningAlgorithm> allowed) {
    SigningAlgorithm algorithm = SigningAlgorithm.named(text(token.header().get("alg")));
    // Whatever must be understood (RFC 7515, section 4.1.11) is not.
    return algorithm != null
        && allowed.contains(algorithm)
        && token.header().get("crit") == null
        && algorithm.verifies(key, token.signed(), token.signature());
  }

  static String sign(JsonTree.Obj claims, PrivateKey key, String keyId)
      throws GeneralSecurityException {
    SigningAlgorithm algorithm =
        key instanceof ECPrivateKey ? SigningAlgorithm.ES256 : SigningAlgorithm.RS256;
    Map<String, JsonTree> header = new LinkedHashMap<>();
    header.put("alg", new JsonTree.Text(algorithm.name()));
    header.put("kid", new JsonTree.Text(keyId));
    Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
    String signed =
        base64.encodeToString(new JsonTree.Obj(header).toBytes())
            + "."
            + base64.encodeToString(claims.toBytes());
    byte[] signature = algorithm.sign(key, signed.getBytes(StandardCharsets.US_ASCII));
    return signed + "." + base64.encodeToString(signature);
  }

  /** A claim that is a text; empty if it is not. */
  public static String text(@Nullable JsonTree value) {
    return value instanceof JsonTree.Text text ? text.value() : "";
  }

  /** A claim that is a time; another if it is not. */
  public static long seconds(@Nullable JsonTree value, long otherwise) {
    if (!(value instanceof JsonTree.Num number)) {
      return otherwise;
    }
    try {
      return (long) Double.parseDouble(number.literal());
    } catch (NumberFormatException e) {
      return otherwise;
    }
  }
}
