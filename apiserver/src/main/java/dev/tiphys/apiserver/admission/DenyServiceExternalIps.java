package dev.tiphys.apiserver.admission;

import dev.tiphys.api.core.v1.Service;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.apiserver.request.ApiException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Lets no service take addresses outside the cluster by naming them, with which it could take the
 * traffic of others (CVE-2020-8554). Those that it has may stay.
 */
public final class DenyServiceExternalIps implements Admission {

  @Override
  public void validate(Request request, @Nullable ApiObject object, @Nullable ApiObject old) {
    if (!request.writes()
        || !request.subresource().isEmpty()
        || !(object instanceof Service service)) {
      return;
    }
    List<String> had = old instanceof Service before ? addresses(before) : List.of();
    if (!had.containsAll(addresses(service))) {
      throw ApiException.forbidden(
          "", "services", request.name(), "Use of external IPs is denied by admission control");
    }
  }

  private static List<String> addresses(Service service) {
    return service.spec() == null ? List.of() : service.spec().externalIPs();
  }
}
