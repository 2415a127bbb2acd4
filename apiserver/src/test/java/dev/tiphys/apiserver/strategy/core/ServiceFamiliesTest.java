package dev.tiphys.apiserver.strategy.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.api.codec.DecodeOptions;
import dev.tiphys.api.codec.YamlCodec;
import dev.tiphys.api.core.v1.Service;
import dev.tiphys.api.core.v1.ServiceSpec;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServiceFamiliesTest {

  private static final String NONE = "";

  /** What a user says of a new service, the cluster, and what comes of it: families or an error. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        // Clusters of one family.
        "4  | {}                                          | SingleStack IPv4",
        "6  | {}                                          | SingleStack IPv6",
        "4  | {ipFamilyPolicy: PreferDualStack}           | PreferDualStack IPv4",
        "6  | {ipFamilyPolicy: PreferDualStack}           | PreferDualStack IPv6",
        "4  | {ipFamilyPolicy: RequireDualStack}          | spec.ipFamilyPolicy: Invalid value: \"RequireDualStack\": this cluster is not configured for dual-stack services",
        "4  | {ipFamilies: [IPv6]}                        | spec.ipFamilies[0]: Invalid value: \"IPv6\": not configured on this cluster",
        "4  | {clusterIP: 'fd00::1', clusterIPs: ['fd00::1']} | spec.clusterIPs[0]: Invalid value: [\"fd00::1\"]: IPv6 is not configured on this cluster",
        "4  | {clusterIP: None, clusterIPs: [None]}       | RequireDualStack IPv4 IPv6",
        "4  | {clusterIP: None, clusterIPs: [None], ipFamilies: [IPv6]} | RequireDualStack IPv6 IPv4",
        "4  | {clusterIP: None, clusterIPs: [None], ipFamilyPolicy: SingleStack, ipFamilies: [IPv6]} | SingleStack IPv6",
        "4  | {clusterIP: None, clusterIPs: [None], selector: {a: b}} | SingleStack IPv4",
        // Clusters of both.
        "46 | {}                                          | SingleStack IPv4",
        "64 | {}                                          | SingleStack IPv6",
        "46 | {ipFamilies: [IPv6]}                        | SingleStack IPv6",
        "64 | {ipFamilyPolicy: PreferDualStack}           | PreferDualStack IPv6 IPv4",
        "46 | {ipFamilyPolicy: RequireDualStack}          | RequireDualStack IPv4 IPv6",
        "46 | {ipFamilyPolicy: RequireDualStack, ipFamilies: [IPv6]} | RequireDualStack IPv6 IPv4",
        "46 | {ipFamilies: [IPv6, IPv4]}                  | spec.ipFamilyPolicy: Invalid value: \"SingleStack\": must be 'RequireDualStack' or 'PreferDualStack' when multiple IP families are specified",
        "46 | {clusterIP: '10.0.0.1', clusterIPs: ['10.0.0.1', 'fd00::1']} | spec.ipFamilyPolicy: Invalid value: \"SingleStack\": must be 'RequireDualStack' or 'PreferDualStack' when multiple cluster IPs are specified",
        "46 | {clusterIP: 'fd00::1', clusterIPs: ['fd00::1'], ipFamilyPolicy: PreferDualStack} | PreferDualStack IPv6 IPv4",
        "46 | {clusterIP: 'fd00::1', clusterIPs: ['fd00::1'], ipFamilies: [IPv4]} | spec.clusterIPs[0]: Invalid value: \"fd00::1\": expected an IPv4 value as indicated by `ipFamilies[0]`",
        "46 | {clusterIPs: ['10.0.0.1']}                  | spec.clusterIPs: Invalid value: [\"10.0.0.1\"]: must be empty when `clusterIP` is not specified",
        "46 | {clusterIP: None, clusterIPs: [None], selector: {a: b}, ipFamilyPolicy: PreferDualStack} | PreferDualStack IPv4 IPv6",
        "46 | {type: ExternalName}                        | NONE",
      })
  void aNewService(String cluster, String spec, String outcome) {
    assertThat(outcome(cluster, spec, NONE)).isEqualTo(outcome);
  }

  /** The same for what is stored and what an update makes of it. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        // Not saying a policy keeps it.
        "46 | {ipFamilyPolicy: PreferDualStack, ipFamilies: [IPv4, IPv6], clusterIP: '10.0.0.1', clusterIPs: ['10.0.0.1', 'fd00::1']} | {clusterIP: '10.0.0.1', clusterIPs: ['10.0.0.1', 'fd00::1']} | PreferDualStack IPv4 IPv6",
        // A cluster that grows changes no service, until it is told.
        "46 | {ipFamilyPolicy: PreferDualStack, ipFamilies: [IPv4], clusterIP: '10.0.0.1', clusterIPs: ['10.0.0.1']} | {ipFamilyPolicy: PreferDualStack, ipFamilies: [IPv4], clusterIP: '10.0.0.1', clusterIPs: ['10.0.0.1']} | PreferDualStack IPv4",
        "46 | {ipFamilyPolicy: PreferDualStack, ipFamilies: [IPv4], clusterIP: '10.0.0.1', clusterIPs: ['10.0.0.1']} | {ipFamilyPolicy: RequireDualStack, ipFamilies: [IPv4], clusterIP: '10.0.0.1', clusterIPs: ['10.0.0.1']} | RequireDualStack IPv4 IPv6",
        "46 | {ipFamilyPolicy: SingleStack, ipFamilies: [IPv4], clusterIP: '10.0.0.1', clusterIPs: ['10.0.0.1']} | {ipFamilyPolicy: PreferDualStack, ipFamilies: [IPv4], clusterIP: '10.0.0.1', clusterIPs: ['10.0.0.1']} | PreferDualStack IPv4 IPv6",
        // Nor does one that shrinks.
        "4  | {ipFamilyPolicy: PreferDualStack, ipFamilies: [IPv4, IPv6], clusterIP: '10.0.0.1', clusterIPs: ['10.0.0.1', 'fd00::1']} | {ipFamilyPolicy: PreferDualStack, ipFamilies: [IPv4, IPv6], clusterIP: '10.0.0.1', clusterIPs: ['10.0.0.1', 'fd00::1']} | PreferDualStack IPv4 IPv6",
        // One family less needs the policy.
        "46 | {ipFamilyPolicy: RequireDualStack, ipFamilies: [IPv4, IPv6], clusterIP: '10.0.0.1', clusterIPs: ['10.0.0.1', 'fd00::1']} | {ipFamilyPolicy: SingleStack, ipFamilies: [IPv4, IPv6], clusterIP: '10.0.0.1', clusterIPs: ['10.0.0.1', 'fd00::1']} | SingleStack IPv4",
        "46 | {ipFamilyPolicy: RequireDualStack, ipFamilies: [IPv4, IPv6], clusterIP: '10.0.0.1', clusterIPs: ['10.0.0.1', 'fd00::1']} | {ipFamilyPolicy: RequireDualStack, ipFamilies: [IPv4, IPv6], clusterIP: '10.0.0.1', clusterIPs: ['10.0.0.1']} | spec.ipFamilyPolicy: Invalid value: \"RequireDualStack\": must be 'SingleStack' to release the secondary cluster IP",
        "46 | {ipFamilyPolicy: RequireDualStack, ipFamilies: [IPv4, IPv6], clusterIP: '10.0.0.1', clusterIPs: ['10.0.0.1', 'fd00::1']} | {ipFamilyPolicy: PreferDualStack, ipFamilies: [IPv4], clusterIP: '10.0.0.1', clusterIPs: ['10.0.0.1', 'fd00::1']} | spec.ipFamilyPolicy: Invalid value: \"PreferDualStack\": must be 'SingleStack' to release the secondary IP family",
      })
  void anUpdate(String cluster, String before, String spec, String outcome) {
    assertThat(outcome(cluster, spec, before)).isEqualTo(outcome);
  }

  /** Filled twice, for what was filled must not be changed by being judged. */
  private static String outcome(String cluster, String spec, String before) {
    List<String> offered = cluster.chars().mapToObj(each -> "IPv" + (char) each).toList();
    ServiceFamilies families = new ServiceFamilies(offered);
    ServiceSpec old = before.isEmpty() ? null : spec(before);
    ServiceFamilies.Outcome first = families.fill(spec(spec), old);
    ServiceFamilies.Outcome second = families.fill(first.spec(), old);
    assertThat(second.errors().message()).isEqualTo(first.errors().message());
    if (!first.errors().isEmpty()) {
      return first.errors().message();
    }
    assertThat(second.spec()).isEqualTo(first.spec());
    ServiceSpec filled = first.spec();
    return filled.ipFamilyPolicy() == null
        ? "NONE"
        : filled.ipFamilyPolicy() + " " + String.join(" ", filled.ipFamilies());
  }

  /** A spec in short: YAML's flow style. */
  private static ServiceSpec spec(String text) {
    String yaml = "apiVersion: v1\nkind: Service\nspec: " + text;
    Service service =
        YamlCodec.documents(yaml).getFirst().decode(Service.TYPE, DecodeOptions.LENIENT).value();
    return Objects.requireNonNullElse(service.spec(), ServiceSpec.EMPTY);
  }
}
