package dev.tiphys.apiserver.authn;

import dev.tiphys.api.codec.DecodeException;
import dev.tiphys.api.codec.JsonTree;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * JSON Web Tokens (RFC 7519) in compact form, signed by RS256 or ES256. No other algorithm is
 * accepted, whatever a header says.
 */
final class Jwt {

  private static final String RS256 = "RS256";
  private static final String ES256 = "ES256";

  /**
   * A token taken apart, not yet verified.
   *
   * @param signed what the signature covers
   */
  record Parsed(JsonTree.Obj header, JsonTree.Obj claims, byte[] signed, byte[] signature) {}

  private Jwt() {}

  /** Takes a token apart; null if it is none. */
  static @Nullable Parsed parse(String token) {
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

  static boolean verifies(Parsed token, PublicKey key) {
    String algorithm = text(token.header().get("alg"));
    String expected = key instanceof RSAPublicKey ? RS256 : key instanceof ECPublicKey ? ES256 : "";
    if (!algorithm.equals(expected)) {
      return false;
    }
    try {
      Signature signature = signature(algorithm);
      signature.initVerify(key);
      signature.update(token.signed());
      return signature.verify(token.signature());
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  static String sign(JsonTree.Obj claims, PrivateKey key, String keyId)
      throws GeneralSecurityException {
    String algorithm = key instanceof ECPrivateKey ? ES256 : RS256;
    Map<String, JsonTree> header = new LinkedHashMap<>();
    header.put("alg", new JsonTree.Text(algorithm));
    header.put("kid", new JsonTree.Text(keyId));
    Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
    String signed =
        base64.encodeToString(new JsonTree.Obj(header).toBytes())
            + "."
            + base64.encodeToString(claims.toBytes());
    Signature signature = signature(algorithm);
    signature.initSign(key);
    signature.update(signed.getBytes(StandardCharsets.US_ASCII));
    return signed + "." + base64.encodeToString(signature.sign());
  }

  private static Signature signature(String algorithm) throws GeneralSecurityException {
    return Signature.getInstance(
        algorithm.equals(ES256) ? "SHA256withECDSAinP1363Format" : "SHA256withRSA");
  }

  static String text(@Nullable JsonTree value) {
    return value instanceof JsonTree.Text text ? text.value() : "";
  }

  static long seconds(@Nullable JsonTree value, long otherwise) {
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
