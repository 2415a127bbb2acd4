package dev.tiphys.apiserver.admission;

import dev.tiphys.api.certificates.v1.CertificateSigningRequest;
import dev.tiphys.api.certificates.v1.CertificateSigningRequestStatus;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.apiserver.authn.User;
import dev.tiphys.apiserver.authz.Attributes;
import dev.tiphys.apiserver.authz.Authorizer;
import dev.tiphys.apiserver.request.ApiException;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Who approves a certificate request must have the verb {@code approve} for its signer, and who
 * signs one the verb {@code sign}: a right to write the subresource alone would be one to every
 * identity that any signer gives.
 */
public final class CertificateSigners implements Admission {

  private static final String GROUP = "certificates.k8s.io";

  private final String subresource;
  private final String verb;
  private final Supplier<Authorizer> authorizer;

  private CertificateSigners(String subresource, String verb, Supplier<Authorizer> authorizer) {
    this.subresource = subresource;
    this.verb = verb;
    this.authorizer = authorizer;
  }

  /** The plug-in {@code CertificateApproval}. */
  public static Admission approval(Supplier<Authorizer> authorizer) {
    return new CertificateSigners("approval", "approve", authorizer);
  }

  /** The plug-in {@code CertificateSigning}. */
  public static Admission signing(Supplier<Authorizer> authorizer) {
    return new CertificateSigners("status", "sign", authorizer);
  }

  @Override
  public void validate(Request request, @Nullable ApiObject object, @Nullable ApiObject old) {
    if (request.operation() != Operation.UPDATE
        || !request.subresource().equals(subresource)
        || request.user() == User.SELF
        || !(object instanceof CertificateSigningRequest asked)
        || !(old instanceof CertificateSigningRequest before)
        || !isMeant(asked, before)) {
      return;
    }
    String signer = before.spec() == null ? "" : String.valueOf(before.spec().signerName());
    int slash = signer.indexOf('/');
    List<String> names =
        slash < 0 ? List.of(signer) : List.of(signer, signer.substring(0, slash) + "/*");
    if (names.stream().noneMatch(name -> may(request.user(), name))) {
      throw ApiException.forbidden(
          GROUP,
          request.type().plural(),
          request.name(),
          "user not permitted to " + verb + " requests with signerName \"" + signer + "\"");
    }
  }

  /** Of the status, only what a signer writes: the certificate and conditions. */
  private boolean isMeant(CertificateSigningRequest asked, CertificateSigningRequest before) {
    return !subresource.equals("status")
        || !Objects.equals(status(asked).certificate(), status(before).certificate())
        || !Objects.equals(status(asked).conditions(), status(before).conditions());
  }

  private static CertificateSigningRequestStatus status(CertificateSigningRequest object) {
    return Objects.requireNonNullElse(object.status(), CertificateSigningRequestStatus.EMPTY);
  }

  private boolean may(User user, String signer) {
    return authorizer
        .get()
        .decide(Attributes.resource(user, verb, GROUP, "signers", "", "", signer))
        .allowed();
  }
}
