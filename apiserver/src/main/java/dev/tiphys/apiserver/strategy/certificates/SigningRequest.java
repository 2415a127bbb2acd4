package dev.tiphys.apiserver.strategy.certificates;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.X509EncodedKeySpec;
import java.util.List;
import java.util.Map;

/**
 * A certificate request of PKCS#10 (RFC 2986): who asks for what, and that they have the key.
 *
 * @param signed what the signature is over
 * @param algorithm of the signature, as an object identifier
 * @param key the public key that is to be certified
 */
@SuppressWarnings("ArrayRecordComponent") // made, looked at and forgotten within one check
record SigningRequest(byte[] signed, String algorithm, byte[] signature, PublicKey key) {

  private static final Map<String, String> KEYS =
      Map.of(
          "1.2.840.113549.1.1.1", "RSA",
          "1.2.840.10045.2.1", "EC",
          "1.3.101.112", "Ed25519",
          "1.3.101.110", "X25519");

  private static final Map<String, String> SIGNATURES =
      Map.of(
          "1.2.840.113549.1.1.5", "SHA1withRSA",
          "1.2.840.113549.1.1.11", "SHA256withRSA",
          "1.2.840.113549.1.1.12", "SHA384withRSA",
          "1.2.840.113549.1.1.13", "SHA512withRSA",
          "1.2.840.10045.4.1", "SHA1withECDSA",
          "1.2.840.10045.4.3.2", "SHA256withECDSA",
          "1.2.840.10045.4.3.3", "SHA384withECDSA",
          "1.2.840.10045.4.3.4", "SHA512withECDSA",
          "1.3.101.112", "Ed25519");

  /**
   * Reads a request.
   *
   * @throws IllegalArgumentException if it is none; the message says so in the API's words
   */
  static SigningRequest parse(byte[] der) {
    try {
      List<Der> parts = Der.of(der).elements();
      // Version, subject, key, attributes; then how it was signed, and the signature.
      Der info = parts.get(0);
      return new SigningRequest(
          info.whole(),
          parts.get(1).elements().get(0).objectId(),
          parts.get(2).bits(),
          key(info.elements().get(2)));
    } catch (IndexOutOfBoundsException e) {
      throw new IllegalArgumentException("asn1: structure error: sequence truncated", e);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("asn1: structure error: " + e.getMessage(), e);
    }
  }

  /**
   * A public key as certificates hold it (SubjectPublicKeyInfo).
   *
   * @throws IllegalArgumentException if it is none that is known
   */
  static PublicKey key(byte[] der) {
    return key(Der.of(der));
  }

  private static PublicKey key(Der info) {
    String id = info.elements().get(0).elements().get(0).objectId();
    String kind = KEYS.get(id);
    if (kind == null) {
      throw new IllegalArgumentException("unknown public key algorithm");
    }
    try {
      return KeyFactory.getInstance(kind).generatePublic(new X509EncodedKeySpec(info.whole()));
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("invalid public key", e);
    }
  }

  /**
   * Checks the signature.
   *
   * @throws IllegalArgumentException if it is not by the key; the message says so in the API's
   *     words
   */
  void verify() {
    String name = SIGNATURES.get(algorithm);
    if (name == null) {
      throw new IllegalArgumentException("x509: cannot verify signature: algorithm unimplemented");
    }
    String fault =
        switch (key.getAlgorithm()) {
          case "RSA" -> "crypto/rsa: verification error";
          case "EC" -> "x509: ECDSA verification failure";
          default -> "x509: Ed25519 verification failure";
        };
    try {
      Signature check = Signature.getInstance(name);
      check.initVerify(key);
      check.update(signed);
      if (!check.verify(signature)) {
        throw new IllegalArgumentException(fault);
      }
    } catch (SignatureException e) {
      throw new IllegalArgumentException(fault, e);
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException(
          "x509: signature algorithm specifies a different public key type", e);
    }
  }
}
