package dev.tiphys.client.kubeconfig;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Certificates and private keys in PEM (RFC 7468). Keys may be PKCS #8, PKCS #1 (RSA) or SEC 1
 * (EC); the JDK only knows the first, so the others are wrapped.
 */
public final class Pem {

  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \\1-----", Pattern.DOTALL);
  private static final byte[] VERSION_0 = {2, 1, 0};
  private static final byte[] RSA_ALGORITHM =
      HexFormat.of().parseHex("300d06092a864886f70d0101010500");
  private static final byte[] EC_OID = HexFormat.of().parseHex("06072a8648ce3d0201");

  private Pem() {}

  private record Block(String label, byte[] der) {}

  /**
   * All certificates in a text, in order.
   *
   * @throws GeneralSecurityException if there is none or one is malformed; the message says which
   */
  public static List<X509Certificate> certificates(byte[] pem) throws GeneralSecurityException {
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    List<X509Certificate> certificates = new ArrayList<>();
    for (Block block : blocks(pem)) {
      if (block.label.equals("CERTIFICATE")) {
        certificates.add(
            (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(block.der)));
      }
    }
    if (certificates.isEmpty()) {
      throw new GeneralSecurityException("no CERTIFICATE block in it");
    }
    return List.copyOf(certificates);
  }

  /**
   * The first private key in a text.
   *
   * @throws GeneralSecurityException if there is none, or it is encrypted or malformed
   */
  public static PrivateKey privateKey(byte[] pem) throws GeneralSecurityException {
    for (Block block : blocks(pem)) {
      switch (block.label) {
        case "PRIVATE KEY" -> {
          return pkcs8(block.der);
        }
        case "RSA PRIVATE KEY" -> {
          return pkcs8(der(0x30, VERSION_0, RSA_ALGORITHM, der(0x04, block.der)));
        }
        case "EC PRIVATE KEY" -> {
          byte[] algorithm = der(0x30, EC_OID, curveOf(block.der));
          return pkcs8(der(0x30, VERSION_0, algorithm, der(0x04, block.der)));
        }
        case "ENCRYPTED PRIVATE KEY" ->
            throw new GeneralSecurityException("the private key is encrypted; store it decrypted");
        default -> {}
      }
    }
    throw new GeneralSecurityException("no private key block in it");
  }

  private static List<Block> blocks(byte[] pem) throws GeneralSecurityException {
    List<Block> blocks = new ArrayList<>();
    Matcher matcher = BLOCK.matcher(new String(pem, StandardCharsets.ISO_8859_1));
    while (matcher.find()) {
      try {
        blocks.add(
            new Block(matcher.group(1), Base64.getMimeDecoder().decode(matcher.group(2).strip())));
      } catch (IllegalArgumentException e) {
        throw new GeneralSecurityException("a " + matcher.group(1) + " block is not base64", e);
      }
    }
    return blocks;
  }

  private static PrivateKey pkcs8(byte[] der) throws GeneralSecurityException {
    PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(der);
    GeneralSecurityException failure = new GeneralSecurityException("unknown kind of private key");
    for (String algorithm : List.of("EC", "RSA", "Ed25519")) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(spec);
      } catch (GeneralSecurityException e) {
        failure.addSuppressed(e);
      }
    }
    throw failure;
  }

  /** The curve's object identifier, which SEC 1 keeps in context field 0 after the key. */
  private static byte[] curveOf(byte[] sec1) throws GeneralSecurityException {
    try {
      int at = contentStart(sec1, 0);
      while (at < sec1.length) {
        int content = contentStart(sec1, at);
        int end = content + length(sec1, at);
        if ((sec1[at] & 0xff) == 0xa0) {
          return Arrays.copyOfRange(sec1, content, end);
        }
        at = end;
      }
    } catch (IndexOutOfBoundsException e) {
      throw new GeneralSecurityException("the EC private key is cut short", e);
    }
    throw new GeneralSecurityException("the EC private key does not name its curve");
  }

  private static int length(byte[] der, int at) {
    int first = der[at + 1] & 0xff;
    if (first < 0x80) {
      return first;
    }
    int length = 0;
    for (int i = 0; i < (first & 0x7f); i++) {
      length = length << 8 | der[at + 2 + i] & 0xff;
    }
    return length;
  }

  private static int contentStart(byte[] der, int at) {
    int first = der[at + 1] & 0xff;
    return at + 2 + (first < 0x80 ? 0 : first & 0x7f);
  }

  private static byte[] der(int tag, byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(length + 4);
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
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
