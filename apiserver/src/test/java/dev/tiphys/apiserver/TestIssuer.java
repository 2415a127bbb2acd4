package dev.tiphys.apiserver;

import dev.tiphys.api.codec.JsonTree;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Arrays;
import java.util.Base64;

/** Signs tokens as an OpenID issuer does, and publishes its key. */
final class TestIssuer {

  private final String algorithm;
  private final String keyId;
  private final KeyPair pair;

  /** An issuer with a new key for an algorithm such as {@code ES256}. */
  TestIssuer(String algorithm, String keyId) throws GeneralSecurityException {
    this.algorithm = algorithm;
    this.keyId = keyId;
    KeyPairGenerator generator =
        KeyPairGenerator.getInstance(algorithm.startsWith("E") ? "EC" : "RSA");
    if (algorithm.startsWith("E")) {
      generator.initialize(new ECGenParameterSpec("secp" + bits() + "r1"));
    } else {
      generator.initialize(2048);
    }
    this.pair = generator.generateKeyPair();
  }

  private int bits() {
    return algorithm.endsWith("512") ? 521 : Integer.parseInt(algorithm.substring(2));
  }

  /** A token with claims, given as JSON. */
  String token(String claims) {
    try {
      String header = "{\"alg\":\"" + algorithm + "\",\"kid\":\"" + keyId + "\"}";
      String signed = base64(bytes(header)) + "." + base64(bytes(claims));
      Signature signature = signature();
      signature.initSign(pair.getPrivate());
      signature.update(bytes(signed));
      return signed + "." + base64(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private Signature signature() throws GeneralSecurityException {
    String size = algorithm.substring(2);
    if (algorithm.startsWith("PS")) {
      Signature pss = Signature.getInstance("RSASSA-PSS");
      String hash = "SHA-" + size;
      pss.setParameter(
          new PSSParameterSpec(
              hash, "MGF1", new MGF1ParameterSpec(hash), Integer.parseInt(size) / 8, 1));
      return pss;
    }
    return Signature.getInstance(
        "SHA" + size + (algorithm.startsWith("ES") ? "withECDSAinP1363Format" : "withRSA"));
  }

  /** The key set that it publishes. */
  String keys() {
    String key =
        switch (pair.getPublic()) {
          case RSAPublicKey rsa ->
              "\"kty\":\"RSA\",\"n\":\""
                  + number(rsa.getModulus())
                  + "\",\"e\":\""
                  + number(rsa.getPublicExponent())
                  + "\"";
          case ECPublicKey ec ->
              "\"kty\":\"EC\",\"crv\":\"P-"
                  + bits()
                  + "\",\"x\":\""
                  + number(ec.getW().getAffineX())
                  + "\",\"y\":\""
                  + number(ec.getW().getAffineY())
                  + "\"";
          default -> throw new IllegalStateException("no such key");
        };
    return "{\"keys\":[{\"use\":\"sig\",\"kid\":\"" + keyId + "\"," + key + "}]}";
  }

  /** The discovery document of an issuer. */
  static String discovery(String issuer, String keysUrl) {
    return "{\"issuer\":"
        + new JsonTree.Text(issuer).toJson()
        + ",\"jwks_uri\":"
        + new JsonTree.Text(keysUrl).toJson()
        + "}";
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static String number(BigInteger value) {
    byte[] bytes = value.toByteArray();
    return base64(bytes[0] == 0 ? Arrays.copyOfRange(bytes, 1, bytes.length) : bytes);
  }
}
