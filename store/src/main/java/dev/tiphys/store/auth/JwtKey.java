package dev.tiphys.store.auth;

import dev.tiphys.daemon.tls.Pem;
import dev.tiphys.store.mvcc.StoreError;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** What signs tokens, or only verifies them. Algorithms by their names in RFC 7518. */
public sealed interface JwtKey {
  /** The name of the algorithm. */
  String algorithm();

  /**
   * Signs.
   *
   * @throws dev.tiphys.store.mvcc.StoreException when there is only a public key
   */
  byte[] sign(byte[] content);

  /** Whether a signature is right. */
  boolean verify(byte[] content, byte[] signature);

  /**
   * Reads keys from files.
   *
   * @param algorithm HS256 to HS512, RS256 to RS512, PS256 to PS512, ES256 to ES512, EdDSA
   * @param publicKey PEM; not for HS
   * @param privateKey PEM, or the secret itself for HS; null: verify only
   * @throws GeneralSecurityException when the algorithm is not known or a key does not fit
   */
  static JwtKey of(String algorithm, @Nullable Path publicKey, @Nullable Path privateKey)
      throws IOException, GeneralSecurityException {
    var bits = algorithm.length() == 5 ? algorithm.substring(2) : "";
    if (algorithm.startsWith("HS")) {
      if (privateKey == null) {
        throw new GeneralSecurityException(algorithm + " needs priv-key, a file with the secret");
      }
      var secret = new SecretKeySpec(Files.readAllBytes(privateKey), "HmacSHA" + bits);
      Mac.getInstance(secret.getAlgorithm());
      return new Shared(algorithm, secret);
    }
    var name =
        switch (algorithm) {
          case "RS256", "RS384", "RS512" -> "SHA" + bits + "withRSA";
          case "ES256", "ES384", "ES512" -> "SHA" + bits + "withECDSAinP1363Format";
          case "PS256", "PS384", "PS512" -> "RSASSA-PSS";
          case "EdDSA" -> "Ed25519";
          default -> throw new GeneralSecurityException("sign-method " + algorithm + " is unknown");
        };
    var pss =
        algorithm.startsWith("PS")
            ? new PSSParameterSpec(
                "SHA-" + bits,
                "MGF1",
                new MGF1ParameterSpec("SHA-" + bits),
                Integer.parseInt(bits) / 8,
                1)
            : null;
    if (publicKey == null) {
      throw new GeneralSecurityException(algorithm + " needs pub-key, a PEM file");
    }
    var keys = Pem.publicKeys(Files.readString(publicKey, StandardCharsets.US_ASCII));
    if (keys.isEmpty()) {
      throw new GeneralSecurityException(publicKey + " has no public key");
    }
    var pair =
        new Pair(
            algorithm,
            name,
            Optional.ofNullable(pss),
            keys.getFirst(),
            privateKey == null ? Optional.empty() : Optional.of(Pem.privateKey(privateKey)));
    byte[] probe = {1};
    if (privateKey != null && !pair.verify(probe, pair.sign(probe))) {
      throw new GeneralSecurityException("pub-key and priv-key do not belong together");
    }
    return pair;
  }

  /** A secret that signs and verifies. */
  record Shared(String algorithm, SecretKeySpec secret) implements JwtKey {
    @Override
    public byte[] sign(byte[] content) {
      try {
        var mac = Mac.getInstance(secret.getAlgorithm());
        mac.init(secret);
        return mac.doFinal(content);
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("was tried at the start", e);
      }
    }

    @Override
    public boolean verify(byte[] content, byte[] signature) {
      return MessageDigest.isEqual(sign(content), signature);
    }
  }

  /** A private key that signs and a public one that verifies. */
  record Pair(
      String algorithm,
      String signature,
      Optional<PSSParameterSpec> parameters,
      PublicKey publicKey,
      Optional<PrivateKey> privateKey)
      implements JwtKey {
    @Override
    public byte[] sign(byte[] content) {
      var key = privateKey.orElseThrow(() -> StoreError.INVALID_AUTH_MANAGEMENT.exception());
      try {
        var signer = signer();
        signer.initSign(key);
        signer.update(content);
        return signer.sign();
      } catch (GeneralSecurityException e) {
        throw new IllegalArgumentException("the key does not fit " + algorithm, e);
      }
    }

    @Override
    public boolean verify(byte[] content, byte[] given) {
      try {
        var verifier = signer();
        verifier.initVerify(publicKey);
        verifier.update(content);
        return verifier.verify(given);
      } catch (SignatureException e) {
        return false; // malformed
      } catch (GeneralSecurityException e) {
        throw new IllegalArgumentException("the key does not fit " + algorithm, e);
      }
    }

    private Signature signer() throws GeneralSecurityException {
      var signer = Signature.getInstance(signature);
      if (parameters.isPresent()) {
        signer.setParameter(parameters.get());
      }
      return signer;
    }
  }
}
