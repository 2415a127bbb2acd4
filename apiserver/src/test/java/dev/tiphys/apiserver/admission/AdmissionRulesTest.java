package dev.tiphys.apiserver.admission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.api.codec.JsonCodec;
import dev.tiphys.api.core.v1.Container;
import dev.tiphys.api.core.v1.LimitRangeItem;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.ResourceRequirements;
import dev.tiphys.api.value.Quantity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdmissionRulesTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          "hostNetwork":true | baseline | host namespaces (hostNetwork=true)
          "hostPID":true,"hostIPC":true | baseline | host namespaces (hostPID=true, hostIPC=true)
          "volumes":[{"name":"v","hostPath":{"path":"/"}}] | baseline | hostPath volumes (volume "v")
          "securityContext":{"seccompProfile":{"type":"Unconfined"}} | baseline | seccompProfile (pod must not set securityContext.seccompProfile.type to "Unconfined")
          "dnsPolicy":"Default" | privileged | ``
          """)
  void aLevelForbidsWhatItsStandardForbids(String field, String level, String fault) {
    PodSpec spec =
        JsonCodec.decode(
            "{\"containers\":[{\"name\":\"c\",\"image\":\"i\"}]," + field + "}", PodSpec.TYPE);

    assertThat(String.join(", ", PodSecurityLevels.faults(spec, level))).isEqualTo(fault);
  }

  @Test
  void theRestrictedLevelAsksForMuch() {
    PodSpec plain =
        JsonCodec.decode("{\"containers\":[{\"name\":\"c\",\"image\":\"i\"}]}", PodSpec.TYPE);
    PodSpec careful =
        JsonCodec.decode(
            """
            {"securityContext":{"runAsNonRoot":true,"seccompProfile":{"type":"RuntimeDefault"}},
             "containers":[{"name":"c","image":"i","securityContext":{
               "allowPrivilegeEscalation":false,"capabilities":{"drop":["ALL"]}}}]}
            """,
            PodSpec.TYPE);

    assertThat(PodSecurityLevels.faults(plain, "restricted"))
        .containsExactly(
            "allowPrivilegeEscalation != false (container \"c\" must set"
                + " securityContext.allowPrivilegeEscalation=false)",
            "unrestricted capabilities (container \"c\" must set"
                + " securityContext.capabilities.drop=[\"ALL\"])",
            "runAsNonRoot != true (pod or container \"c\" must set"
                + " securityContext.runAsNonRoot=true)",
            "seccompProfile (pod or container \"c\" must set securityContext.seccompProfile.type to"
                + " \"RuntimeDefault\" or \"Localhost\")");
    assertThat(PodSecurityLevels.faults(careful, "restricted")).isEmpty();
  }

  @Test
  void limitsFillWhatAContainerLeavesOut() {
    LimitRangeItem item =
        LimitRangeItem.builder()
            .type("Container")
            .default_(Map.of("cpu", Quantity.parse("1")))
            .defaultRequest(Map.of("cpu", Quantity.parse("100m")))
            .build();
    Container stated =
        Container.builder()
            .resources(
                ResourceRequirements.builder()
                    .requests(Map.of("cpu", Quantity.parse("200m")))
                    .build())
            .build();

    ResourceRequirements filled =
        Objects.requireNonNull(LimitRanger.filled(stated, List.of(item)).resources());

    assertThat(filled.limits()).containsEntry("cpu", Quantity.parse("1"));
    assertThat(filled.requests()).containsEntry("cpu", Quantity.parse("200m"));
  }

  @Test
  void limitsAreKept() {
    LimitRangeItem item =
        LimitRangeItem.builder()
            .type("Container")
            .min(Map.of("cpu", Quantity.parse("100m")))
            .max(Map.of("memory", Quantity.parse("1Gi")))
            .maxLimitRequestRatio(Map.of("cpu", Quantity.parse("2")))
            .build();
    List<String> faults = new ArrayList<>();

    LimitRanger.check(
        item,
        Map.of("cpu", Quantity.parse("50m")),
        Map.of("cpu", Quantity.parse("200m"), "memory", Quantity.parse("2Gi")),
        faults);

    assertThat(faults)
        .containsExactly(
            "minimum cpu usage per Container is 100m, but request is 50m",
            "maximum memory usage per Container is 1Gi, but limit is 2Gi",
            "cpu max limit to request ratio per Container is 2, but provided ratio is 4.000000");
  }
}
