package dev.tiphys.apiserver.kubelet;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How kubelets are reached.
 *
 * @param clientCertificate {@code --kubelet-client-certificate}: who we are; null for nobody
 * @param clientKey {@code --kubelet-client-key}; null for nobody
 * @param certificateAuthority {@code --kubelet-certificate-authority}: who signs kubelets'
 *     certificates; null to trust any, as upstream does
 * @param preferredAddressTypes {@code --kubelet-preferred-address-types}: best first
 */
public record KubeletConfig(
    @Nullable Path clientCertificate,
    @Nullable Path clientKey,
    @Nullable Path certificateAuthority,
    List<String> preferredAddressTypes) {

  /** What {@code --kubelet-preferred-address-types} is by default. */
  public static final List<String> DEFAULT_ADDRESS_TYPES =
      List.of("Hostname", "InternalDNS", "InternalIP", "ExternalDNS", "ExternalIP");

  /** Keeps an unchangeable list. */
  public KubeletConfig {
    preferredAddressTypes = List.copyOf(preferredAddressTypes);
  }
}
