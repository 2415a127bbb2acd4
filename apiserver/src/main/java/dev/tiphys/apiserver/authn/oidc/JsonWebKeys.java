package dev.tiphys.apiserver.authn.oidc;

import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.apiserver.authn.Jwt;
import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A set of public keys (RFC 7517). Immutable. */
record JsonWebKeys(List<Named> keys) {

  private static final Logger log = LoggerFactory.getLogger(JsonWebKeys.class);

  /**
   * A key.
   *
   * @param id empty if it has none
   */
  record Named(String id, PublicKey key) {}

  static final JsonWebKeys NONE = new JsonWebKeys(List.of());

  /** Those of a document that can be used; others are passed over. */
  static JsonWebKeys of(JsonTree document) {
    List<Named> keys = new ArrayList<>();
    if (document instanceof JsonTree.Obj set && set.get("keys") instanceof JsonTree.Arr list) {
      for (JsonTree element : list.elements()) {
        if (keys.size() < Limits.KEYS && element instanceof JsonTree.Obj jwk) {
          PublicKey key = key(jwk);
          if (key != null) {
            keys.add(new Named(Jwt.text(jwk.get("kid")), key));
          }
        }
      }
    }
    return new JsonWebKeys(List.copyOf(keys));
  }

  /** Those that a token signed by a key of a name may be signed with. */
  List<PublicKey> named(String id) {
    return keys.stream()
        .filter(key -> id.isEmpty() || key.id().equals(id))
        .map(Named::key)
        .toList();
  }

  private static @Nullable PublicKey key(JsonTree.Obj jwk) {
    try {
      return switch (Jwt.text(jwk.get("kty"))) {
        case "RSA" ->
            KeyFactory.getInstance("RSA")
                .generatePublic(new RSAPublicKeySpec(number(jwk, "n"), number(jwk, "e")));
        case "EC" ->
            KeyFactory.getInstance("EC")
                .generatePublic(
                    new ECPublicKeySpec(
                        new ECPoint(number(jwk, "x"), number(jwk, "y")),
                        curve(Jwt.text(jwk.get("crv")))));
        default -> null;
      };
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      log.debug("event=issuer-key-unusable message=\"{}\"", e.getMessage());
      return null;
    }
  }

  private static ECParameterSpec curve(String name) throws GeneralSecurityException {
    String java =
        switch (name) {
          case "P-256" -> "secp256r1";
          case "P-384" -> "secp384r1";
          case "P-521" -> "secp521r1";
          default -> throw new IllegalArgumentException("unknown curve " + name);
        };
    AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
    parameters.init(new ECGenParameterSpec(java));
    return parameters.getParameterSpec(ECParameterSpec.class);
  }

  private static BigInteger number(JsonTree.Obj jwk, String member) {
    byte[] bytes = Base64.getUrlDecoder().decode(Jwt.text(jwk.get(member)));
    if (bytes.length == 0) {
      throw new IllegalArgumentException("no " + member);
    }
    return new BigInteger(1, bytes);
  }
}
