package dev.tiphys.deploy.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.deploy.machine.ProcessTable.Identity;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class MachineTextsTest {
  private static final String STAT =
      "42 (a) b (c) S 1 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 9876 1000 200 18446744073709551615";

  @Test
  void processNamesMayHoldParentheses() {
    assertThat(ProcessTable.parseStat(42, STAT)).contains(new Identity(42, 9876));
  }

  @Test
  void zombiesAreGone() {
    assertThat(ProcessTable.parseStat(42, STAT.replace(" S 1", " Z 1"))).isEmpty();
  }

  @Test
  void thisProcessIsFoundAndStartedInThePast() {
    var table = new ProcessTable(Path.of("/proc"));
    long pid = ProcessHandle.current().pid();
    Identity self = table.find(pid).orElseThrow();
    Instant now = Instant.now();
    assertThat(table.alive(self)).isTrue();
    assertThat(table.alive(new Identity(pid, self.startTicks() + 1))).isFalse();
    assertThat(table.startedAt(self, now)).isBetween(now.minus(Duration.ofHours(2)), now);
    assertThat(table.residentBytes(pid)).isGreaterThan(1 << 20);
  }

  @Test
  void pidFilesOfAnotherShapeAreNoIdentity() {
    assertThat(Identity.parse("12 34\n")).contains(new Identity(12, 34));
    assertThat(Identity.parse("12")).isEmpty();
    assertThat(Identity.parse("a b")).isEmpty();
    assertThat(Identity.parse("")).isEmpty();
  }

  @Test
  void mountPointsAreReadInOrderAndUnescaped() {
    String mountinfo =
        """
        22 1 254:0 / / rw,relatime - ext4 /dev/vda rw
        23 22 0:5 / /data/with\\040space rw - tmpfs tmpfs rw
        """;
    assertThat(Mounts.parse(mountinfo)).containsExactly(Path.of("/"), Path.of("/data/with space"));
  }

  @Test
  void defaultRouteWithTheLowestMetricWins() {
    String table =
        """
        Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
        wlan0\t00000000\t0100000A\t0003\t0\t0\t600\t00000000\t0\t0\t0
        eth0\t00000000\t010002C0\t0003\t0\t0\t100\t00000000\t0\t0\t0
        eth0\t000002C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
        """;
    assertThat(Addresses.defaultRouteLink(table)).contains("eth0");
    assertThat(Addresses.defaultRouteLink(table.lines().findFirst().orElseThrow())).isEmpty();
  }

  @Test
  void jsonIsReadForgivingly() {
    Json json =
        Json.parse("{\"a\":{\"b\":[1,\"two\",null,true]}}".getBytes(StandardCharsets.UTF_8));
    assertThat(json.get("a").get("b").items())
        .extracting(Json::text)
        .isEqualTo(List.of("1", "two", "", "true"));
    assertThat(json.get("x").get("y").items()).isEmpty();
    assertThat(json.get("x").present()).isFalse();
  }

  @Test
  void brokenJsonIsRefused() {
    assertThatThrownBy(() -> Json.parse("{\"a\":".getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("not JSON");
  }

  @Test
  void quotedTextIsReadBack() {
    String text = "a \"b\" \\ \n é";
    Json json = Json.parse(("[" + Json.quote(text) + "]").getBytes(StandardCharsets.UTF_8));
    assertThat(json.items().getFirst().text()).isEqualTo(text);
  }

  @Test
  void failedCommandSaysWhatItSaid() {
    var shell = new Shell();
    assertThat(shell.run("sh", "-c", "echo no; exit 3")).isEqualTo(new Shell.Result(3, "no"));
    assertThat(shell.feed("hello", "cat").output()).isEqualTo("hello");
    assertThat(shell.run("/nonexistent/program").status()).isEqualTo(127);
    assertThatThrownBy(() -> shell.must("sh", "-c", "echo no; exit 3"))
        .hasMessageContaining("status 3: no");
  }
}
