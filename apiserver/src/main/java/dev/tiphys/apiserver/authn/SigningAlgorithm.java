package dev.tiphys.apiserver.authn;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import org.jspecify.annotations.Nullable;

/** The asymmetric algorithms by which tokens are signed (RFC 7518, section 3.1). */
public enum SigningAlgorithm {
  /** RSASSA-PKCS1-v1_5 with SHA-256. */
  RS256("SHA256withRSA", 0, 0),
  /** RSASSA-PKCS1-v1_5 with SHA-384. */
  RS384("SHA384withRSA", 0, 0),
  /** RSASSA-PKCS1-v1_5 with SHA-512. */
  RS512("SHA512withRSA", 0, 0),
  /** ECDSA on P-256 with SHA-256. */
  ES256("SHA256withECDSAinP1363Format", 256, 0),
  /** ECDSA on P-384 with SHA-384. */
  ES384("SHA384withECDSAinP1363Format", 384, 0),
  /** ECDSA on P-521 with SHA-512. */
  ES512("SHA512withECDSAinP1363Format", 521, 0),
  /** RSASSA-PSS with SHA-256. */
  PS256("RSASSA-PSS", 0, 256),
  /** RSASSA-PSS with SHA-384. */
  PS384("RSASSA-PSS", 0, 384),
  /** RSASSA-PSS with SHA-512. */
  PS512("RSASSA-PSS", 0, 512);

  private final String java;
  private final int curveBits;
  private final int pssBits;

  SigningAlgorithm(String java, int curveBits, int pssBits) {
    this.java = java;
    this.curveBits = curveBits;
    this.pssBits = pssBits;
  }

  /** The one of a name; null if there is none. */
  public static @Nullable SigningAlgorithm named(String name) {
    for (SigningAlgorithm one : values()) {
      if (one.name().equals(name)) {
        return one;
      }
    }
    return null;
  }

  private boolean fits(PublicKey key) {
    return curveBits == 0
        ? key instanceof RSAPublicKey
        : key instanceof ECPublicKey ec
            && ec.getParams().getCurve().getField().getFieldSize() == curveBits;
  }

  private Signature signature() throws GeneralSecurityException {
    Signature signature = Signature.getInstance(java);
    if (pssBits > 0) {
      String hash = "SHA-" + pssBits;
      signature.setParameter(
          new PSSParameterSpec(hash, "MGF1", new MGF1ParameterSpec(hash), pssBits / 8, 1));
    }
    return signature;
  }

  /** Whether a key, if it is one for this algorithm, has made a signature of some bytes. */
  boolean verifies(PublicKey key, byte[] signed, byte[] made) {
    if (!fits(key)) {
      return false;
    }
    try {
      Signature signature = signature();
      signature.initVerify(key);
      signature.update(signed);
      return signature.verify(made);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /** Signs bytes. */
  byte[] sign(PrivateKey key, byte[] bytes) throws GeneralSecurityException {
    Signature signature = signature();
    signature.initSign(key);
    signature.update(bytes);
    return signature.sign();
  }
}
