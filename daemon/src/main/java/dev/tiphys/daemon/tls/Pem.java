package dev.tiphys.daemon.tls;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * Reads certificates and keys from PEM text (RFC 7468), as OpenSSL and upstream's tools write it.
 */
public final class Pem {

  // AlgorithmIdentifier of rsaEncryption, and of id-ecPublicKey with each named curve (RFC 5480).
  private static final byte[] RSA = {
    0x30,
    0x0d,
    0x06,
    0x09,
    0x2a,
    (byte) 0x86,
    0x48,
    (byte) 0x86,
    (byte) 0xf7,
    0x0d,
    0x01,
    0x01,
    0x01,
    0x05,
    0x00
  };
  private static final byte[] EC_PUBLIC_KEY = {
    0x06, 0x07, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 0x02, 0x01
  };
  private static final byte[] VERSION_0 = {0x02, 0x01, 0x00};
  private static final int SEQUENCE = 0x30;
  private static final int OCTET_STRING = 0x04;
  private static final int EXPLICIT_0 = 0xa0;

  private record Block(String label, byte[] content) {}

  private Pem() {}

  /**
   * All certificates in a text, in order.
   *
   * @throws GeneralSecurityException if there is none or one is malformed
   */
  public static List<X509Certificate> certificates(String pem) throws GeneralSecurityException {
    List<X509Certificate> certificates = new ArrayList<>();
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    for (Block block : blocks(pem)) {
      if (block.label().equals("CERTIFICATE")) {
        Certificate certificate =
            factory.generateCertificate(new ByteArrayInputStream(block.content()));
        certificates.add((X509Certificate) certificate);
      }
    }
    if (certificates.isEmpty()) {
      throw new GeneralSecurityException("no PEM block \"CERTIFICATE\" found");
    }
    return List.copyOf(certificates);
  }

  /**
   * The first private key in a text: PKCS#8, PKCS#1 (RSA) or SEC 1 (EC).
   *
   * @throws GeneralSecurityException if there is none or it is malformed or encrypted
   */
  public static PrivateKey privateKey(String pem) throws GeneralSecurityException {
    for (Block block : blocks(pem)) {
      switch (block.label()) {
        case "PRIVATE KEY" -> {
          return pkcs8(block.content());
        }
        case "RSA PRIVATE KEY" -> {
          return KeyFactory.getInstance("RSA")
              .generatePrivate(new PKCS8EncodedKeySpec(wrap(RSA, block.content())));
        }
        case "EC PRIVATE KEY" -> {
          return KeyFactory.getInstance("EC")
              .generatePrivate(
                  new PKCS8EncodedKeySpec(
                      wrap(
                          element(SEQUENCE, EC_PUBLIC_KEY, curve(block.content())),
                          block.content())));
        }
        case "ENCRYPTED PRIVATE KEY" ->
            throw new GeneralSecurityException("the private key is encrypted; decrypt it first");
        default -> {
          // Certificates and EC parameters may stand in the same file.
        }
      }
    }
    throw new GeneralSecurityException("no PEM block with a private key found");
  }

  /**
   * All public keys in a text, whether written as such, as certificates or as the private keys they
   * belong to is not tried: {@code PUBLIC KEY} and {@code CERTIFICATE} blocks count.
   *
   * @throws GeneralSecurityException if a block is malformed
   */
  public static List<PublicKey> publicKeys(String pem) throws GeneralSecurityException {
    List<PublicKey> keys = new ArrayList<>();
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    for (Block block : blocks(pem)) {
      if (block.label().equals("PUBLIC KEY")) {
        keys.add(publicKey(block.content()));
      } else if (block.label().equals("CERTIFICATE")) {
        keys.add(
            factory.generateCertificate(new ByteArrayInputStream(block.content())).getPublicKey());
      }
    }
    return List.copyOf(keys);
  }

  /** {@link #certificates(String)} of a file. */
  public static List<X509Certificate> certificates(Path file)
      throws IOException, GeneralSecurityException {
    return certificates(Files.readString(file, StandardCharsets.US_ASCII));
  }

  /** {@link #privateKey(String)} of a file. */
  public static PrivateKey privateKey(Path file) throws IOException, GeneralSecurityException {
    return privateKey(Files.readString(file, StandardCharsets.US_ASCII));
  }

  private static PrivateKey pkcs8(byte[] der) throws GeneralSecurityException {
    GeneralSecurityException last = new GeneralSecurityException("unknown key algorithm");
    for (String algorithm : List.of("EC", "RSA", "Ed25519")) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
      } catch (GeneralSecurityException e) {
        last = e;
      }
    }
    throw last;
  }

  private static PublicKey publicKey(byte[] der) throws GeneralSecurityException {
    GeneralSecurityException last = new GeneralSecurityException("unknown key algorithm");
    for (String algorithm : List.of("RSA", "EC", "Ed25519")) {
      try {
        return KeyFactory.getInstance(algorithm).generatePublic(new X509EncodedKeySpec(der));
      } catch (GeneralSecurityException e) {
        last = e;
      }
    }
    throw last;
  }

  /** The curve's object identifier, from the [0] parameters of an ECPrivateKey (RFC 5915). */
  private static byte[] curve(byte[] ecPrivateKey) throws GeneralSecurityException {
    for (int i = 0; i + 3 < ecPrivateKey.length; i++) {
      if ((ecPrivateKey[i] & 0xff) == EXPLICIT_0 && ecPrivateKey[i + 2] == 0x06) {
        int length = ecPrivateKey[i + 3] + 2;
        if (ecPrivateKey[i + 1] == length && i + 2 + length <= ecPrivateKey.length) {
          byte[] oid = new byte[length];
          System.arraycopy(ecPrivateKey, i + 2, oid, 0, length);
          return oid;
        }
      }
    }
    throw new GeneralSecurityException("the EC private key does not name its curve");
  }

  private static byte[] wrap(byte[] algorithm, byte[] key) {
    return element(SEQUENCE, VERSION_0, algorithm, element(OCTET_STRING, key));
  }

  private static byte[] element(int tag, byte[]... parts) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      content.writeBytes(part);
    }
    int length = content.size();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    if (length < 0x80) {
      out.write(length);
    } else if (length < 0x100) {
      out.write(0x81);
      out.write(length);
    } else {
      out.write(0x82);
      out.write(length >> 8);
      out.write(length);
    }
    out.writeBytes(content.toByteArray());
    return out.toByteArray();
  }

  private static List<Block> blocks(String pem) throws GeneralSecurityException {
    List<Block> blocks = new ArrayList<>();
    String begin = "-----BEGIN ";
    int at = pem.indexOf(begin);
    while (at >= 0) {
      int labelEnd = pem.indexOf("-----", at + begin.length());
      if (labelEnd < 0) {
        throw new GeneralSecurityException("a PEM header is cut off");
      }
      String label = pem.substring(at + begin.length(), labelEnd);
      int end = pem.indexOf("-----END " + label + "-----", labelEnd);
      if (end < 0) {
        throw new GeneralSecurityException("the PEM block \"" + label + "\" has no end");
      }
      try {
        blocks.add(
            new Block(label, Base64.getMimeDecoder().decode(pem.substring(labelEnd + 5, end))));
      } catch (IllegalArgumentException e) {
        throw new GeneralSecurityException("the PEM block \"" + label + "\" is not base64", e);
      }
      at = pem.indexOf(begin, end);
    }
    return blocks;
  }
}
