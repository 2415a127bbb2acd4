package dev.tiphys.controllermanager.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.api.core.v1.Node;
import dev.tiphys.api.core.v1.NodeCondition;
import dev.tiphys.api.core.v1.NodeSpec;
import dev.tiphys.api.core.v1.NodeStatus;
import dev.tiphys.api.core.v1.Taint;
import dev.tiphys.api.core.v1.Toleration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeRulesTest {

  private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");

  private static Node node(boolean cordoned, String... conditions) {
    return Node.builder()
        .spec(NodeSpec.builder().unschedulable(cordoned ? true : null).build())
        .status(
            NodeStatus.builder()
                .conditions(
                    Arrays.stream(conditions)
                        .map(text -> text.split("="))
                        .map(pair -> NodeCondition.builder().type(pair[0]).status(pair[1]).build())
                        .toList())
                .build())
        .build();
  }

  private static List<String> taints(Node node, boolean evict) {
    return NodeConditions.taints(node, evict, NOW).stream()
        .map(taint -> taint.key() + ":" + taint.effect())
        .sorted()
        .toList();
  }

  @Test
  void taintsFollowConditions() {
    assertThat(taints(node(false, "Ready=True"), true)).isEmpty();
    assertThat(taints(node(false, "Ready=False"), true))
        .containsExactly(
            "node.kubernetes.io/not-ready:NoExecute", "node.kubernetes.io/not-ready:NoSchedule");
    assertThat(taints(node(false, "Ready=Unknown"), false))
        .containsExactly("node.kubernetes.io/unreachable:NoSchedule");
    assertThat(taints(node(true, "Ready=True", "DiskPressure=True", "PIDPressure=False"), true))
        .containsExactly(
            "node.kubernetes.io/disk-pressure:NoSchedule",
            "node.kubernetes.io/unschedulable:NoSchedule");
  }

  @Test
  void taintsOfOthersStayAndOursKeepTheirTime() {
    Taint other = Taint.builder().key("dedicated").value("db").effect("NoSchedule").build();
    Taint since =
        Taint.builder()
            .key(NodeConditions.NOT_READY)
            .effect("NoExecute")
            .timeAdded(NOW.minusSeconds(99))
            .build();
    Node node =
        node(false, "Ready=False")
            .withSpec(NodeSpec.builder().taints(List.of(other, since)).build());

    assertThat(NodeConditions.taints(node, true, NOW)).contains(other, since).hasSize(3);
  }

  @Test
  void ofASilentNodeNothingIsKnown() {
    assertThat(NodeConditions.silent(node(false, "Ready=True", "Custom=True"), NOW))
        .extracting(each -> each.type() + "=" + each.status() + " " + each.reason())
        .containsExactly(
            "Ready=Unknown NodeStatusUnknown",
            "Custom=True null",
            "MemoryPressure=Unknown NodeStatusNeverUpdated",
            "DiskPressure=Unknown NodeStatusNeverUpdated",
            "PIDPressure=Unknown NodeStatusNeverUpdated");
  }

  private static Toleration toleration(
      String key, String operator, @org.jspecify.annotations.Nullable Long seconds) {
    return Toleration.builder()
        .key(key.isEmpty() ? null : key)
        .operator(operator)
        .tolerationSeconds(seconds)
        .build();
  }

  @Test
  void aPodStaysAsLongAsItTolerates() {
    List<Taint> taints =
        List.of(Taint.builder().key("k").effect("NoExecute").timeAdded(NOW).build());

    assertThat(Tolerations.deadline(List.of(), taints, NOW)).contains(Instant.EPOCH);
    assertThat(Tolerations.deadline(List.of(), List.of(), NOW)).isEmpty();
    assertThat(Tolerations.deadline(List.of(toleration("", "Exists", null)), taints, NOW))
        .isEmpty();
    assertThat(
            Tolerations.deadline(
                List.of(toleration("k", "Exists", 300L), toleration("", "Exists", 60L)),
                taints,
                NOW))
        .contains(NOW.plusSeconds(60));
    assertThat(Tolerations.deadline(List.of(toleration("other", "Exists", null)), taints, NOW))
        .contains(Instant.EPOCH);
  }

  @ParameterizedTest
  @CsvSource({
    "10.244.0.0/16, 24, 10.244.1.0/24, 10.244.0.0/24",
    "10.244.0.0/16, 24, 10.244.0.0/24, 10.244.1.0/24",
    "10.0.255.0/24, 25, 10.0.255.0/25, 10.0.255.128/25",
    "fd00::/48, 64, fd00::/64, fd00:0:0:1::/64",
  })
  void theFirstFreePartIsGiven(String range, int part, String taken, String expected) {
    assertThat(CidrPool.of(range, part).free(List.of(taken))).contains(expected);
  }

  @Test
  void aFullPoolHasNothingAndABadRangeIsNamed() {
    assertThat(CidrPool.of("10.0.0.0/24", 24).free(List.of("10.0.0.0/24"))).isEmpty();
    assertThatThrownBy(() -> CidrPool.of("pods", 24))
        .hasMessage("pods is not a range such as 10.244.0.0/16");
    assertThatThrownBy(() -> CidrPool.of("10.0.0.0/24", 16)).hasMessageContaining("cannot be cut");
  }
}
