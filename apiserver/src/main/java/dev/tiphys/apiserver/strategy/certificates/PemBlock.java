package dev.tiphys.apiserver.strategy.certificates;

import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A block of a text in PEM (RFC 7468). What stands between blocks counts for nothing, and so does a
 * block that has no end or is no base64.
 *
 * @param type as {@code CERTIFICATE}
 * @param headers whether there are any
 * @param content decoded
 */
@SuppressWarnings("ArrayRecordComponent") // made, looked at and forgotten within one check
record PemBlock(String type, boolean headers, byte[] content) {

  private static final Pattern BLOCK =
      Pattern.compile(
          "(?:^|\n)-----BEGIN ([^\n]*?)-----[ \t]*\n(.*?)-----END \\1-----", Pattern.DOTALL);
  private static final Pattern HEADER = Pattern.compile("[^\n:]+:[^\n]*\n");

  /** The blocks of a text, in order. */
  static List<PemBlock> all(String text) {
    List<PemBlock> blocks = new ArrayList<>();
    Matcher found = BLOCK.matcher(text.replace("\r\n", "\n"));
    while (found.find()) {
      String body = found.group(2);
      String base64 = HEADER.matcher(body).replaceAll("").replaceAll("\\s", "");
      try {
        blocks.add(
            new PemBlock(found.group(1), body.contains(":"), Base64.getDecoder().decode(base64)));
      } catch (IllegalArgumentException _) {
        // No block, then; the next may be one.
      }
    }
    return blocks;
  }

  /** The certificate within, or null if there is none. */
  @Nullable X509Certificate certificate() {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(content));
    } catch (CertificateException _) {
      return null;
    }
  }
}
