package dev.tiphys.deploy.pki;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Set;

/** Certificates and keys as PEM files. Private keys are readable by their owner alone. */
public final class Pem {
  private static final Set<PosixFilePermission> SECRET =
      PosixFilePermissions.fromString("rw-------");
  private static final Set<PosixFilePermission> PUBLIC =
      PosixFilePermissions.fromString("rw-r--r--");

  private Pem() {}

  static String encode(String label, byte[] der) {
    return "-----BEGIN "
        + label
        + "-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
        + "\n-----END "
        + label
        + "-----\n";
  }

  private static byte[] decode(String text) {
    String body = text.replaceAll("-----(BEGIN|END) [A-Z ]+-----", "").replaceAll("\\s", "");
    return Base64.getDecoder().decode(body);
  }

  /** Reads the first certificate of a file. */
  public static X509Certificate readCertificate(Path file)
      throws IOException, GeneralSecurityException {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(Files.readAllBytes(file)));
  }

  /** Reads a PKCS #8 key of the algorithm, {@code EC} or {@code RSA}. */
  public static PrivateKey readKey(Path file, String algorithm)
      throws IOException, GeneralSecurityException {
    return KeyFactory.getInstance(algorithm)
        .generatePrivate(new PKCS8EncodedKeySpec(decode(Files.readString(file))));
  }

  static void writeCertificate(Path file, X509Certificate certificate)
      throws IOException, GeneralSecurityException {
    write(file, encode("CERTIFICATE", certificate.getEncoded()), PUBLIC);
  }

  static void writeKey(Path file, PrivateKey key) throws IOException {
    write(file, encode("PRIVATE KEY", key.getEncoded()), SECRET);
  }

  static void writePublic(Path file, String text) throws IOException {
    write(file, text, PUBLIC);
  }

  static void writeSecret(Path file, String text) throws IOException {
    write(file, text, SECRET);
  }

  /** A reader sees the old file or the new one, and a secret is never readable by others. */
  private static void write(Path file, String text, Set<PosixFilePermission> permissions)
      throws IOException {
    Files.createDirectories(file.getParent());
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(fresh);
    Files.createFile(fresh, PosixFilePermissions.asFileAttribute(permissions));
    Files.write(fresh, text.getBytes(StandardCharsets.US_ASCII));
    Files.setPosixFilePermissions(fresh, permissions);
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
