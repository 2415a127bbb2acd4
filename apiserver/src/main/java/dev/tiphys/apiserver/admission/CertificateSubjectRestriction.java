package dev.tiphys.apiserver.admission;

import dev.tiphys.api.certificates.v1.CertificateSigningRequest;
import dev.tiphys.api.certificates.v1.CertificateSigningRequestSpec;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.value.Bytes;
import dev.tiphys.apiserver.authn.User;
import dev.tiphys.apiserver.request.ApiException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Objects;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/** Nobody asks for a client certificate of the group {@code system:masters}. */
public final class CertificateSubjectRestriction implements Admission {

  private static final String SIGNER = "kubernetes.io/kube-apiserver-client";
  private static final int SEQUENCE = 0x30;

  @Override
  public void validate(Request request, @Nullable ApiObject object, @Nullable ApiObject old) {
    if (request.operation() != Operation.CREATE
        || !request.subresource().isEmpty()
        || !(object instanceof CertificateSigningRequest asked)) {
      return;
    }
    CertificateSigningRequestSpec spec =
        Objects.requireNonNullElse(asked.spec(), CertificateSigningRequestSpec.EMPTY);
    Bytes pem = spec.request();
    if (SIGNER.equals(spec.signerName()) && pem != null && isForMasters(pem)) {
      throw ApiException.forbidden(
          "certificates.k8s.io",
          request.type().plural(),
          request.name(),
          "use of " + SIGNER + " signer with " + User.MASTERS + " group is not allowed");
    }
  }

  private static boolean isForMasters(Bytes pem) {
    try {
      String text = new String(pem.toByteArray(), StandardCharsets.US_ASCII);
      String body =
          text.substring(
              text.indexOf("REQUEST-----") + "REQUEST-----".length(), text.indexOf("-----END"));
      X500Principal subject = new X500Principal(subjectOf(Base64.getMimeDecoder().decode(body)));
      return new LdapName(subject.getName())
          .getRdns().stream()
              .anyMatch(part ->
                  part.getType().equalsIgnoreCase("O")
                      && String.valueOf(part.getValue()).equals(User.MASTERS));
    } catch (IllegalArgumentException | IndexOutOfBoundsException | InvalidNameException e) {
      throw ApiException.badRequest("spec.request is no PKCS#10 request: " + e.getMessage());
    }
  }

  /**
   * The subject of a PKCS#10 request (RFC 2986): within two sequences, behind the version.
   *
   * @throws IllegalArgumentException if it is none
   */
  private static byte[] subjectOf(byte[] der) {
    int info = inner(der, 0);
    int version = inner(der, info);
    int subject = end(der, version);
    if (der[subject] != SEQUENCE) {
      throw new IllegalArgumentException("no subject");
    }
    return Arrays.copyOfRange(der, subject, end(der, subject));
  }

  /** Where the content of a sequence begins. */
  private static int inner(byte[] der, int at) {
    if (der[at] != SEQUENCE) {
      throw new IllegalArgumentException("no sequence");
    }
    return at + 2 + (der[at + 1] < 0 ? der[at + 1] & 0x7f : 0);
  }

  /** Where what begins at an offset ends. */
  private static int end(byte[] der, int at) {
    int length = der[at + 1];
    if (length >= 0) {
      return at + 2 + length;
    }
    int bytes = length & 0x7f;
    int size = 0;
    for (int i = 0; i < bytes; i++) {
      size = size << 8 | der[at + 2 + i] & 0xff;
    }
    return at + 2 + bytes + size;
  }
}
