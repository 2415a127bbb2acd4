package dev.tiphys.kubelet.runtime;

import static dev.tiphys.kubelet.runtime.TestPods.aPod;
import static dev.tiphys.kubelet.runtime.TestPods.aShell;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tiphys.api.core.v1.ConfigMap;
import dev.tiphys.api.core.v1.ConfigMapEnvSource;
import dev.tiphys.api.core.v1.ConfigMapKeySelector;
import dev.tiphys.api.core.v1.Container;
import dev.tiphys.api.core.v1.EnvFromSource;
import dev.tiphys.api.core.v1.EnvVar;
import dev.tiphys.api.core.v1.EnvVarSource;
import dev.tiphys.api.core.v1.ObjectFieldSelector;
import dev.tiphys.api.core.v1.ResourceFieldSelector;
import dev.tiphys.api.core.v1.ResourceRequirements;
import dev.tiphys.api.core.v1.Secret;
import dev.tiphys.api.core.v1.SecretKeySelector;
import dev.tiphys.api.value.Bytes;
import dev.tiphys.api.value.Quantity;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ContainerEnvironmentTest {
  private static final ContainerEnvironment.Sources SOURCES =
      new ContainerEnvironment.Sources() {
        @Override
        public Optional<ConfigMap> configMap(String name) {
          return name.equals("settings")
              ? Optional.of(ConfigMap.builder().data(Map.of("COLOR", "blue")).build())
              : Optional.empty();
        }

        @Override
        public Optional<Secret> secret(String name) {
          return name.equals("keys")
              ? Optional.of(
                  Secret.builder()
                      .data(Map.of("key", Bytes.copyOf("open sesame".getBytes(UTF_8))))
                      .build())
              : Optional.empty();
        }
      };

  @Test
  void letsLaterValuesReferToEarlierOnes() throws Exception {
    assertThat(
            of(
                aShell("main", "").toBuilder()
                    .envFrom(
                        List.of(
                            EnvFromSource.builder()
                                .prefix("MY_")
                                .configMapRef(ConfigMapEnvSource.builder().name("settings").build())
                                .build()))
                    .env(
                        List.of(
                            plain("A", "$(MY_COLOR)"),
                            plain("B", "$(A)/$(C)/$(WEB_SERVICE_HOST)"),
                            plain("C", "c")))
                    .build()))
        .containsExactly(
            Map.entry("MY_COLOR", "blue"),
            Map.entry("A", "blue"),
            Map.entry("B", "blue/$(C)/10.96.0.5"),
            Map.entry("C", "c"),
            Map.entry("WEB_SERVICE_HOST", "10.96.0.5"));
  }

  @Test
  void takesValuesFromWhereThePodSays() throws Exception {
    Container container =
        aShell("main", "").toBuilder()
            .resources(
                ResourceRequirements.builder()
                    .limits(Map.of("memory", Quantity.parse("1500Ki")))
                    .build())
            .env(
                List.of(
                    from(
                        "KEY",
                        EnvVarSource.builder()
                            .secretKeyRef(
                                SecretKeySelector.builder().name("keys").key("key").build())
                            .build()),
                    from(
                        "APP",
                        EnvVarSource.builder()
                            .fieldRef(
                                ObjectFieldSelector.builder()
                                    .fieldPath("metadata.labels['app']")
                                    .build())
                            .build()),
                    from(
                        "IP",
                        EnvVarSource.builder()
                            .fieldRef(
                                ObjectFieldSelector.builder().fieldPath("status.podIP").build())
                            .build()),
                    from(
                        "MEMORY",
                        EnvVarSource.builder()
                            .resourceFieldRef(
                                ResourceFieldSelector.builder()
                                    .resource("limits.memory")
                                    .divisor(Quantity.parse("1Mi"))
                                    .build())
                            .build()),
                    from(
                        "NONE",
                        EnvVarSource.builder()
                            .configMapKeyRef(
                                ConfigMapKeySelector.builder()
                                    .name("none")
                                    .key("k")
                                    .optional(true)
                                    .build())
                            .build())))
            .build();

    assertThat(of(container))
        .containsEntry("KEY", "open sesame")
        .containsEntry("APP", "web")
        .containsEntry("IP", "10.0.0.7")
        .containsEntry("MEMORY", "2")
        .doesNotContainKey("NONE");
  }

  @Test
  void saysWhatIsMissing() {
    assertThat(failure(configMapKey("none", "k"))).isEqualTo("configmap \"none\" not found");
    assertThat(failure(configMapKey("settings", "SIZE")))
        .isEqualTo("couldn't find key SIZE in ConfigMap default/settings");
  }

  private static EnvVarSource configMapKey(String name, String key) {
    return EnvVarSource.builder()
        .configMapKeyRef(ConfigMapKeySelector.builder().name(name).key(key).build())
        .build();
  }

  private static String failure(EnvVarSource source) {
    ContainerStartException e =
        catchThrowableOfType(
            ContainerStartException.class,
            () -> of(aShell("main", "").toBuilder().env(List.of(from("X", source))).build()));
    assertThat(e.reason()).isEqualTo(ContainerStartException.Reason.CreateContainerConfigError);
    return String.valueOf(e.getMessage());
  }

  private static Map<String, String> of(Container container) throws ContainerStartException {
    return new ContainerEnvironment(
            aPod("web", container),
            SOURCES,
            new PodFields.Placement(List.of("10.0.0.7"), List.of("192.0.2.1"), Map.of()),
            Map.of("WEB_SERVICE_HOST", "10.96.0.5", "A", "from a service"))
        .of(container);
  }

  private static EnvVar plain(String name, String value) {
    return EnvVar.builder().name(name).value(value).build();
  }

  private static EnvVar from(String name, EnvVarSource source) {
    return EnvVar.builder().name(name).valueFrom(source).build();
  }
}
