package dev.tiphys.apiserver.authn;

import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.apiserver.answer.Answers;
import dev.tiphys.apiserver.request.ApiCall;
import java.io.IOException;
import java.math.BigInteger;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What others need to verify our service account tokens by themselves: OpenID Connect discovery and
 * the keys (RFC 7517).
 */
public final class IssuerPages {

  private static final int P256_BYTES = 32;

  private final byte[] configuration;
  private final byte[] keys;

  /**
   * Tells of an issuer.
   *
   * @param jwksUri where the keys are
   */
  public IssuerPages(String issuer, String jwksUri, List<PublicKey> publicKeys) {
    Map<String, JsonTree> document = new LinkedHashMap<>();
    document.put("issuer", new JsonTree.Text(issuer));
    document.put("jwks_uri", new JsonTree.Text(jwksUri));
    document.put("response_types_supported", texts("id_token"));
    document.put("subject_types_supported", texts("public"));
    boolean elliptic = publicKeys.stream().anyMatch(ECPublicKey.class::isInstance);
    document.put("id_token_signing_alg_values_supported", texts(elliptic ? "ES256" : "RS256"));
    this.configuration = new JsonTree.Obj(document).toBytes();
    List<JsonTree> all = new ArrayList<>();
    publicKeys.forEach(key -> all.add(key(key)));
    this.keys = new JsonTree.Obj(Map.of("keys", new JsonTree.Arr(all))).toBytes();
  }

  /** Answers {@code /.well-known/openid-configuration}. */
  public void configuration(ApiCall call) throws IOException {
    Answers.send(call, 200, "application/json", List.of(configuration));
  }

  /** Answers {@code /openid/v1/jwks}. */
  public void keys(ApiCall call) throws IOException {
    Answers.send(call, 200, "application/jwk-set+json", List.of(keys));
  }

  private static JsonTree texts(String one) {
    return new JsonTree.Arr(List.of(new JsonTree.Text(one)));
  }

  private static JsonTree key(PublicKey key) {
    Map<String, JsonTree> jwk = new LinkedHashMap<>();
    jwk.put("use", new JsonTree.Text("sig"));
    jwk.put("kid", new JsonTree.Text(ServiceAccountTokens.keyId(key)));
    switch (key) {
      case RSAPublicKey rsa -> {
        jwk.put("kty", new JsonTree.Text("RSA"));
        jwk.put("alg", new JsonTree.Text("RS256"));
        jwk.put("n", number(rsa.getModulus(), 0));
        jwk.put("e", number(rsa.getPublicExponent(), 0));
      }
      case ECPublicKey ec -> {
        jwk.put("kty", new JsonTree.Text("EC"));
        jwk.put("alg", new JsonTree.Text("ES256"));
        jwk.put("crv", new JsonTree.Text("P-256"));
        jwk.put("x", number(ec.getW().getAffineX(), P256_BYTES));
        jwk.put("y", number(ec.getW().getAffineY(), P256_BYTES));
      }
      default -> throw new IllegalArgumentException("neither RSA nor EC: " + key.getAlgorithm());
    }
    return new JsonTree.Obj(jwk);
  }

  private static JsonTree number(BigInteger value, int length) {
    byte[] bytes = value.toByteArray();
    int start = bytes[0] == 0 && bytes.length > 1 ? 1 : 0;
    byte[] plain = Arrays.copyOfRange(bytes, start, bytes.length);
    if (plain.length < length) {
      byte[] padded = new byte[length];
      System.arraycopy(plain, 0, padded, length - plain.length, plain.length);
      plain = padded;
    }
    return new JsonTree.Text(Base64.getUrlEncoder().withoutPadding().encodeToString(plain));
  }
}
