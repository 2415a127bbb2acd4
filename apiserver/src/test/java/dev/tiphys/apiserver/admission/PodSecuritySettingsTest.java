package dev.tiphys.apiserver.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.apiserver.configfile.ConfigFileException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a PodSecurityConfiguration may say. */
class PodSecuritySettingsTest {

  private static PodSecuritySettings read(String body) throws ConfigFileException {
    return PodSecuritySettings.read(
        ("apiVersion: pod-security.admission.config.k8s.io/v1\nkind: PodSecurityConfiguration\n"
                + body)
            .getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void labelsCountMoreThanDefaults() throws Exception {
    PodSecuritySettings settings =
        read(
            """
            defaults: {enforce: baseline, enforce-version: v1.30, warn: restricted}
            exemptions: {usernames: ["system:x"], namespaces: [kube-system], runtimeClasses: [kata]}
            """);

    PodSecurityPolicy plain = PodSecurityPolicy.of(Map.of(), settings.defaults());
    assertThat(plain.enforce().text()).isEqualTo("baseline:v1.30");
    assertThat(plain.warn().text()).isEqualTo("restricted:latest");
    assertThat(plain.audit().text()).isEqualTo("privileged:latest");
    assertThat(
            PodSecurityPolicy.of(
                    Map.of("pod-security.kubernetes.io/enforce", "privileged"), settings.defaults())
                .enforce()
                .isFree())
        .isTrue();
    assertThat(settings.namespaces()).containsExactly("kube-system");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "defaults: {enforce: strict}|defaults.enforce: Invalid value: \"strict\": must be one of",
        "defaults: {warn-version: v2}|must be \"latest\" or \"v1.x\"",
        "exemptions: {namespaces: [A_B]}|exemptions.namespaces[0]: Invalid value",
        "exemptions: {usernames: [a, a]}|exemptions.usernames[1]: Duplicate value",
        "default: {}|unknown field \"default\"",
      })
  void whatIsWrongIsToldByField(String body, String message) {
    assertThatThrownBy(() -> read(body)).hasMessageContaining(message);
  }
}
