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

    assertThat(String.join(", ", faults(spec, level, PodSecurityLevels.LATEST))).isEqualTo(fault);
  }

  private static List<String> faults(PodSpec spec, String level, int version) {
    return PodSecurityLevels.faults(PodSecurityFacts.of(Map.of(), spec), level, version);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          "ports":[{"hostPort":80},{"hostPort":81}] | hostPort (container "c" uses hostPorts 80, 81)
          "securityContext":{"procMount":"Unmasked"} | procMount (container "c" must not set securityContext.procMount to "Unmasked")
          "securityContext":{"capabilities":{"add":["SYS_ADMIN","KILL"]}} | non-default capabilities (container "c" must not include "SYS_ADMIN" in securityContext.capabilities.add)
          "securityContext":{"seLinuxOptions":{"type":"x","user":"u"}} | seLinuxOptions (container "c" set forbidden securityContext.seLinuxOptions: type "x"; user may not be set)
          "securityContext":{"appArmorProfile":{"type":"Unconfined"}} | forbidden AppArmor profile (container "c" must not set AppArmor profile type to "Unconfined")
          "securityContext":{"windowsOptions":{"hostProcess":true}} | hostProcess (container "c" must not set securityContext.windowsOptions.hostProcess=true)
          "livenessProbe":{"httpGet":{"port":1,"host":"h"}} | probe or lifecycle host (container "c" uses probe or lifecycle host "h")
          """)
  void theBaselineLooksAtEachContainer(String field, String fault) {
    String container = "{\"name\":\"c\",\"image\":\"i\"," + field + "}";
    PodSpec plain = JsonCodec.decode("{\"containers\":[" + container + "]}", PodSpec.TYPE);
    PodSpec debugged =
        JsonCodec.decode("{\"ephemeralContainers\":[" + container + "]}", PodSpec.TYPE);

    assertThat(faults(plain, "baseline", PodSecurityLevels.LATEST)).containsExactly(fault);
    assertThat(faults(debugged, "baseline", PodSecurityLevels.LATEST)).containsExactly(fault);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          "securityContext":{"sysctls":[{"name":"net.ipv4.tcp_rmem","value":"1"}]} | baseline | 32
          "securityContext":{"sysctls":[{"name":"net.ipv4.tcp_fin_timeout","value":"1"}]} | baseline | 29
          "securityContext":{"seLinuxOptions":{"type":"container_engine_t"}} | baseline | 31
          "hostUsers":false,"containers":[{"name":"c","securityContext":{"procMount":"Unmasked"}}] | baseline | 35
          """)
  void laterVersionsAllowMore(String field, String level, int since) {
    PodSpec spec = JsonCodec.decode("{" + field + "}", PodSpec.TYPE);

    assertThat(faults(spec, level, since - 1)).hasSize(1);
    assertThat(faults(spec, level, since)).isEmpty();
  }

  @Test
  void earlierVersionsAskForLess() {
    PodSpec plain =
        JsonCodec.decode(
            "{\"containers\":[{\"name\":\"c\",\"livenessProbe\":{\"tcpSocket\":{\"host\":\"h\",\"port\":1}}}]}",
            PodSpec.TYPE);

    assertThat(faults(plain, "restricted", 7))
        .hasSize(1)
        .first()
        .asString()
        .contains("runAsNonRoot");
    assertThat(faults(plain, "restricted", 18)).hasSize(2);
    assertThat(faults(plain, "restricted", 22)).hasSize(4);
    assertThat(faults(plain, "restricted", 33)).hasSize(4);
    assertThat(faults(plain, "restricted", 34)).hasSize(5);
  }

  @Test
  void windowsKnowsNoCapabilities() {
    PodSpec windows =
        JsonCodec.decode(
            """
            {"os":{"name":"windows"},"securityContext":{"runAsNonRoot":true},"containers":[{"name":"c"}]}
            """,
            PodSpec.TYPE);

    assertThat(faults(windows, "restricted", 25)).isEmpty();
    assertThat(faults(windows, "restricted", 24)).hasSize(3);
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

    assertThat(faults(plain, "restricted", PodSecurityLevels.LATEST))
        .containsExactly(
            "allowPrivilegeEscalation != false (container \"c\" must set"
                + " securityContext.allowPrivilegeEscalation=false)",
            "unrestricted capabilities (container \"c\" must set"
                + " securityContext.capabilities.drop=[\"ALL\"])",
            "runAsNonRoot != true (pod or container \"c\" must set"
                + " securityContext.runAsNonRoot=true)",
            "seccompProfile (pod or container \"c\" must set securityContext.seccompProfile.type to"
                + " \"RuntimeDefault\" or \"Localhost\")");
    assertThat(faults(careful, "restricted", PodSecurityLevels.LATEST)).isEmpty();
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
