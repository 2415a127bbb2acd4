package dev.tiphys.apiserver.aggregation;

import dev.tiphys.api.apiregistration.v1.APIService;
import dev.tiphys.api.apiregistration.v1.APIServiceSpec;
import dev.tiphys.api.apiregistration.v1.ServiceReference;
import dev.tiphys.api.value.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * A group version that another server serves.
 *
 * @param name of the APIService
 * @param namespace of the service
 * @param service its name
 * @param port its port; null for 443
 * @param bundle the authorities to believe; null for the machine's
 * @param insecure whether anybody is believed
 */
record RemoteApi(
    String name,
    String group,
    String version,
    String namespace,
    String service,
    @Nullable Integer port,
    @Nullable Bytes bundle,
    boolean insecure) {

  /** What an APIService names, or null if it is this server's own. */
  static @Nullable RemoteApi of(APIService object) {
    APIServiceSpec spec = object.spec();
    ServiceReference service = spec == null ? null : spec.service();
    return spec == null || service == null
        ? null
        : new RemoteApi(
            String.valueOf(object.metadata().name()),
            String.valueOf(spec.group()),
            String.valueOf(spec.version()),
            String.valueOf(service.namespace()),
            String.valueOf(service.name()),
            service.port(),
            spec.caBundle(),
            Boolean.TRUE.equals(spec.insecureSkipTLSVerify()));
  }

  /** {@code /apis/GROUP/VERSION}. */
  String path() {
    return "/apis/" + group + "/" + version;
  }
}
