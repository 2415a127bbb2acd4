package dev.tiphys.apiserver.strategy.certificates;

import dev.tiphys.api.certificates.v1beta1.PodCertificateRequestSpec;
import dev.tiphys.api.validation.FieldError;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.api.value.Bytes;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The key that a pod's certificate is asked for, and whether who asks has it. Pure. */
final class PodKeys {

  private static final int LONGEST = 10 * 1024;
  private static final Path SPEC = Path.of("spec");
  private static final Path STUB = SPEC.child("stubPKCS10Request");
  private static final Path KEY = SPEC.child("pkixPublicKey");
  private static final Path PROOF = SPEC.child("proofOfPossession");
  private static final Set<Integer> MODULI = Set.of(3072, 4096);
  private static final Set<Integer> CURVES = Set.of(256, 384, 521);
  private static final int HASH_BYTES = 32;

  private PodKeys() {}

  static void validate(PodCertificateRequestSpec spec, FieldErrors errors) {
    byte[] stub = bytes(spec.stubPKCS10Request());
    byte[] key = bytes(spec.pkixPublicKey());
    byte[] proof = bytes(spec.proofOfPossession());
    boolean short_ =
        fits(stub, STUB, errors) && fits(key, KEY, errors) && fits(proof, PROOF, errors);
    if (!short_) {
      return;
    }
    boolean whole = stub.length > 0 && key.length == 0 && proof.length == 0;
    boolean parts = stub.length == 0 && key.length > 0 && proof.length > 0;
    if (whole) {
      stub(stub, errors);
    } else if (parts) {
      parts(key, proof, String.valueOf(spec.podUID()), errors);
    } else {
      errors.invalid(
          SPEC,
          FieldError.OMITTED,
          "exactly one of (stubPKCS10Request) or (pkixPublicKey, proofOfPossession) must be set");
    }
  }

  private static byte[] bytes(@Nullable Bytes bytes) {
    return bytes == null ? new byte[0] : bytes.toByteArray();
  }

  private static boolean fits(byte[] bytes, Path path, FieldErrors errors) {
    if (bytes.length > LONGEST) {
      errors.add(FieldError.tooLong(path, LONGEST));
      return false;
    }
    return true;
  }

  private static void stub(byte[] der, FieldErrors errors) {
    SigningRequest request;
    try {
      request = SigningRequest.parse(der);
    } catch (IllegalArgumentException _) {
      errors.invalid(STUB, FieldError.OMITTED, "must be a valid PKCS#10 CSR");
      return;
    }
    if (supported(request.key(), STUB, errors)) {
      try {
        request.verify();
      } catch (IllegalArgumentException _) {
        errors.invalid(STUB, FieldError.OMITTED, "could not verify PKCS#10 CSR signature");
      }
    }
  }

  private static void parts(byte[] der, byte[] proof, String pod, FieldErrors errors) {
    PublicKey key;
    try {
      key = SigningRequest.key(der);
    } catch (IllegalArgumentException | IndexOutOfBoundsException _) {
      errors.invalid(KEY, Bytes.copyOf(der), "must be a valid PKIX-serialized public key");
      return;
    }
    if (supported(key, KEY, errors) && !proves(key, pod, proof)) {
      errors.invalid(PROOF, FieldError.OMITTED, "could not verify proof-of-possession signature");
    }
  }

  private static boolean supported(PublicKey key, Path path, FieldErrors errors) {
    switch (key) {
      case RSAPublicKey rsa -> {
        // As long as its bytes are, which is what others see of it.
        int bits = (rsa.getModulus().bitLength() + 7) / 8 * 8;
        if (!MODULI.contains(bits)) {
          errors.invalid(
              path, bits + "-bit modulus", "RSA keys must have modulus size 3072 or 4096");
          return false;
        }
      }
      case ECPublicKey curve -> {
        if (!CURVES.contains(curve.getParams().getCurve().getField().getFieldSize())) {
          errors.invalid(
              path, FieldError.OMITTED, "elliptic public keys must use curve P256, P384, or P521");
          return false;
        }
      }
      default -> {
        if (!key.getAlgorithm().equals("EdDSA")) {
          errors.invalid(
              path,
              FieldError.OMITTED,
              "unknown public key type; supported types are Ed25519, ECDSA, and RSA");
          return false;
        }
      }
    }
    return true;
  }

  /** Whether a signature of the pod's uid is by a key. */
  private static boolean proves(PublicKey key, String pod, byte[] proof) {
    if (key instanceof RSAPublicKey rsa) {
      int longest = (rsa.getModulus().bitLength() + 6) / 8 - HASH_BYTES - 2;
      // Who signs chooses how much salt there is: as much as fits, or as much as the hash.
      return verified(key, "RSASSA-PSS", longest, pod, proof)
          || verified(key, "RSASSA-PSS", HASH_BYTES, pod, proof);
    }
    String name = key instanceof ECPublicKey ? "SHA256withECDSA" : "Ed25519";
    return verified(key, name, -1, pod, proof);
  }

  private static boolean verified(
      PublicKey key, String algorithm, int salt, String pod, byte[] proof) {
    try {
      Signature check = Signature.getInstance(algorithm);
      if (salt >= 0) {
        check.setParameter(
            new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, salt, 1));
      }
      check.initVerify(key);
      check.update(pod.getBytes(StandardCharsets.UTF_8));
      return check.verify(proof);
    } catch (GeneralSecurityException _) {
      return false;
    }
  }
}
