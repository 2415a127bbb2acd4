package dev.tiphys.kubelet.pod;

import dev.tiphys.api.Resources;
import dev.tiphys.api.authentication.v1.BoundObjectReference;
import dev.tiphys.api.authentication.v1.TokenRequest;
import dev.tiphys.api.authentication.v1.TokenRequestSpec;
import dev.tiphys.api.authentication.v1.TokenRequestStatus;
import dev.tiphys.api.core.v1.ConfigMap;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.Secret;
import dev.tiphys.api.core.v1.Service;
import dev.tiphys.client.ApiException;
import dev.tiphys.client.Client;
import dev.tiphys.client.environment.Environment;
import dev.tiphys.client.informer.Lister;
import dev.tiphys.kubelet.runtime.ContainerEnvironment;
import dev.tiphys.kubelet.volume.PodData;
import dev.tiphys.kubelet.volume.VolumeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Config maps, secrets, tokens and services, as the API has them. Reads each time, for a kubelet
 * may read only what its own pods name and so cannot watch them all; tokens are kept until four
 * fifths of their life are over. Thread-safe.
 */
final class ApiPodData implements PodData, Surroundings {

  private static final long DEFAULT_TOKEN_SECONDS = 3600;
  private static final double RENEW_AFTER = 0.8;

  private record TokenKey(String podUid, String audience, long seconds) {}

  private record Token(String value, Instant renewAt) {}

  private final Client client;
  private final Lister<Service> services;
  private final Environment environment;
  private final Map<TokenKey, Token> tokens = new ConcurrentHashMap<>();

  ApiPodData(Client client, Lister<Service> services, Environment environment) {
    this.client = client;
    this.services = services;
    this.environment = environment;
  }

  @Override
  public Optional<ConfigMap> configMap(Pod pod, String name) throws VolumeException {
    try {
      return findConfigMap(pod, name);
    } catch (ApiException e) {
      throw new VolumeException("configmap \"" + name + "\" cannot be read: " + e.getMessage(), e);
    }
  }

  @Override
  public Optional<Secret> secret(Pod pod, String name) throws VolumeException {
    try {
      return findSecret(pod, name);
    } catch (ApiException e) {
      throw new VolumeException("secret \"" + name + "\" cannot be read: " + e.getMessage(), e);
    }
  }

  private Optional<ConfigMap> findConfigMap(Pod pod, String name) {
    return client
        .resource(Resources.CONFIG_MAPS)
        .inNamespace(pod.metadata().namespace())
        .find(name);
  }

  private Optional<Secret> findSecret(Pod pod, String name) {
    return client.resource(Resources.SECRETS).inNamespace(pod.metadata().namespace()).find(name);
  }

  @Override
  public String token(Pod pod, @Nullable String audience, @Nullable Long expirationSeconds)
      throws VolumeException {
    long seconds = expirationSeconds == null ? DEFAULT_TOKEN_SECONDS : expirationSeconds;
    TokenKey key =
        new TokenKey(
            String.valueOf(pod.metadata().uid()), audience == null ? "" : audience, seconds);
    Token known = tokens.get(key);
    if (known != null && environment.clock().instant().isBefore(known.renewAt())) {
      return known.value();
    }
    try {
      Token fresh = request(pod, key);
      tokens.put(key, fresh);
      return fresh.value();
    } catch (ApiException e) {
      throw new VolumeException("failed to fetch token: " + e.getMessage(), e);
    }
  }

  private Token request(Pod pod, TokenKey key) throws VolumeException {
    PodSpec spec = pod.spec() == null ? PodSpec.EMPTY : pod.spec();
    String account = spec.serviceAccountName() == null ? "default" : spec.serviceAccountName();
    TokenRequest request =
        TokenRequest.builder()
            .spec(
                TokenRequestSpec.builder()
                    .audiences(key.audience().isEmpty() ? List.of() : List.of(key.audience()))
                    .expirationSeconds(key.seconds())
                    .boundObjectRef(
                        BoundObjectReference.builder()
                            .apiVersion("v1")
                            .kind("Pod")
                            .name(pod.metadata().name())
                            .uid(pod.metadata().uid())
                            .build())
                    .build())
            .build();
    Instant asked = environment.clock().instant();
    TokenRequest answer =
        client
            .resource(Resources.SERVICE_ACCOUNTS)
            .inNamespace(pod.metadata().namespace())
            .post(account, "token", request, TokenRequest.TYPE);
    TokenRequestStatus status = answer.status();
    String value = status == null ? null : status.token();
    if (status == null || value == null) {
      throw new VolumeException("the API server answered without a token");
    }
    Instant expires = status.expirationTimestamp();
    Duration life =
        expires == null ? Duration.ofSeconds(key.seconds()) : Duration.between(asked, expires);
    return new Token(value, asked.plusMillis((long) (life.toMillis() * RENEW_AFTER)));
  }

  @Override
  public ContainerEnvironment.Sources sources(Pod pod) {
    return new ContainerEnvironment.Sources() {
      @Override
      public Optional<ConfigMap> configMap(String name) {
        return findConfigMap(pod, name);
      }

      @Override
      public Optional<Secret> secret(String name) {
        return findSecret(pod, name);
      }
    };
  }

  @Override
  public Map<String, String> services(Pod pod) {
    boolean links = pod.spec() == null || !Boolean.FALSE.equals(pod.spec().enableServiceLinks());
    return ServiceVariables.of(services.all(), pod.metadata().namespace(), links);
  }

  @Override
  public void forget(String podUid) {
    tokens.keySet().removeIf(key -> key.podUid().equals(podUid));
  }
}
