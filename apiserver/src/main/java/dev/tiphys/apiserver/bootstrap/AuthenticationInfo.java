package dev.tiphys.apiserver.bootstrap;

import dev.tiphys.api.Resources;
import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.api.core.v1.ConfigMap;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.api.rbac.v1.PolicyRule;
import dev.tiphys.api.rbac.v1.Role;
import dev.tiphys.api.rbac.v1.RoleBinding;
import dev.tiphys.api.rbac.v1.RoleRef;
import dev.tiphys.api.rbac.v1.Subject;
import dev.tiphys.apiserver.authn.RequestHeaders;
import dev.tiphys.apiserver.resource.Endpoints;
import dev.tiphys.apiserver.resource.WriteContext;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How this server authenticates, told to the servers behind it: the config map {@code
 * extension-apiserver-authentication} of {@code kube-system}, and who may read it. Authorities of
 * other API servers that stand in it already are kept.
 */
public final class AuthenticationInfo implements Bootstrap.Step {

  private static final String NAME = "extension-apiserver-authentication";
  private static final String READER = NAME + "-reader";
  private static final String NAMESPACE = "kube-system";
  private static final String GROUP = "rbac.authorization.k8s.io";

  private final Endpoints endpoints;
  private final Map<String, String> data = new LinkedHashMap<>();

  /**
   * Tells.
   *
   * @param clientAuthority the authority of clients' certificates, as PEM, or null
   * @param headers how a proxy names users, or null
   * @param proxyAuthority the authority of proxies' certificates, as PEM, or null
   */
  public AuthenticationInfo(
      Endpoints endpoints,
      @Nullable String clientAuthority,
      @Nullable RequestHeaders headers,
      @Nullable String proxyAuthority) {
    this.endpoints = endpoints;
    if (clientAuthority != null) {
      data.put("client-ca-file", clientAuthority);
    }
    if (headers != null && proxyAuthority != null) {
      data.put("requestheader-allowed-names", json(headers.allowedNames()));
      data.put("requestheader-client-ca-file", proxyAuthority);
      data.put("requestheader-extra-headers-prefix", json(headers.extraPrefixes()));
      data.put("requestheader-group-headers", json(headers.groupHeaders()));
      data.put("requestheader-uid-headers", json(headers.uidHeaders()));
      data.put("requestheader-username-headers", json(headers.userHeaders()));
    }
  }

  private static String json(List<String> texts) {
    return new JsonTree.Arr(texts.stream().<JsonTree>map(JsonTree.Text::new).toList()).toJson();
  }

  @Override
  public String name() {
    return "start-cluster-authentication-info-controller";
  }

  @Override
  public void run() {
    WriteContext server = WriteContext.ofServer("kube-apiserver");
    ObjectMeta metadata = ObjectMeta.builder().name(NAME).namespace(NAMESPACE).build();
    Ensure.present(
        endpoints.of(Resources.CONFIG_MAPS),
        server,
        ConfigMap.builder().metadata(metadata).data(data).build(),
        this::merged);
    Ensure.present(endpoints.of(Resources.ROLES), server, role(), found -> found);
    Ensure.present(endpoints.of(Resources.ROLE_BINDINGS), server, binding(), found -> found);
  }

  private ConfigMap merged(ConfigMap found) {
    Map<String, String> merged = new LinkedHashMap<>(found.data());
    data.forEach((key, value) -> {
      String there = found.data().get(key);
      boolean authority = key.endsWith("client-ca-file");
      merged.put(
          key,
          authority && there != null && !there.contains(value.strip())
              ? there.stripTrailing() + "\n" + value
              : authority && there != null ? there : value);
    });
    return merged.equals(found.data()) ? found : found.withData(merged);
  }

  private static Role role() {
    return Role.builder()
        .metadata(metadata(READER))
        .rules(
            List.of(
                PolicyRule.builder()
                    .verbs(List.of("get", "list", "watch"))
                    .apiGroups(List.of(""))
                    .resources(List.of("configmaps"))
                    .resourceNames(List.of(NAME))
                    .build()))
        .build();
  }

  private static RoleBinding binding() {
    return RoleBinding.builder()
        .metadata(metadata("system::" + READER))
        .roleRef(RoleRef.builder().apiGroup(GROUP).kind("Role").name(READER).build())
        .subjects(List.of(user("system:kube-controller-manager"), user("system:kube-scheduler")))
        .build();
  }

  private static Subject user(String name) {
    return Subject.builder().apiGroup(GROUP).kind("User").name(name).build();
  }

  private static ObjectMeta metadata(String name) {
    return ObjectMeta.builder()
        .name(name)
        .namespace(NAMESPACE)
        .labels(Map.of("kubernetes.io/bootstrapping", "rbac-defaults"))
        .annotations(Map.of("rbac.authorization.kubernetes.io/autoupdate", "true"))
        .build();
  }
}
