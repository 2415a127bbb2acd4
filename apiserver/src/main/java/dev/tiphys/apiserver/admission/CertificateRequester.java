package dev.tiphys.apiserver.admission;

import dev.tiphys.api.certificates.v1.CertificateSigningRequest;
import dev.tiphys.api.certificates.v1.CertificateSigningRequestSpec;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.apiserver.authn.User;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Writes into a certificate request who asks, whatever the request says of that itself. */
public final class CertificateRequester implements Admission {

  @Override
  @SuppressWarnings("unchecked") // a request is given back for a request
  public <T extends ApiObject> T mutate(Request request, T object, @Nullable T old) {
    if (request.operation() != Operation.CREATE
        || !(object instanceof CertificateSigningRequest asked)) {
      return object;
    }
    User user = request.user();
    CertificateSigningRequestSpec spec =
        Objects.requireNonNullElse(asked.spec(), CertificateSigningRequestSpec.EMPTY);
    return (T)
        asked.withSpec(
            spec.toBuilder()
                .username(user.name())
                .uid(user.uid().isEmpty() ? null : user.uid())
                .groups(user.groups())
                .extra(user.extra())
                .build());
  }
}
