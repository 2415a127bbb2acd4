package dev.tiphys.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tiphys.store.rpc.AuthEnableRequest;
import dev.tiphys.store.rpc.AuthGrpc;
import dev.tiphys.store.rpc.AuthUserAddRequest;
import dev.tiphys.store.rpc.AuthUserGrantRoleRequest;
import dev.tiphys.store.rpc.DowngradeRequest;
import dev.tiphys.store.rpc.DowngradeRequest.DowngradeAction;
import dev.tiphys.store.rpc.MaintenanceGrpc;
import dev.tiphys.store.rpc.StatusRequest;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Downgrades are refused in the words of an etcd, save the one that it would begin. */
class SameDowngradeAsEtcdTest {
  private static final List<String> VERSIONS =
      List.of(
          "",
          "x",
          "..",
          "3",
          "3.",
          "3.5",
          "3.5.0",
          "3.5.16",
          "3.6.0",
          "3.3",
          "3.3.0",
          "2.4.0",
          "0.0.0",
          "4.0.0",
          "03.3.0",
          "v3.4.0",
          "3.4.0.0",
          "3..0",
          "3.5.x",
          " 3.4.0",
          "3.4.0 ",
          "-3.4.0",
          "3.+4.0",
          "3.3.0-rc.1",
          "3.3.0-",
          "3.3.0-a b",
          "3.3-rc",
          "3.3.0+build-7",
          "3.3.0-rc+",
          "9223372036854775807.0.0",
          "9223372036854775808.0.0");

  @TempDir private Path directory = Path.of("");

  @Test
  void everyRefusalIsTheSame() throws Exception {
    assumeTrue(RealEtcd.isInstalled(), RealEtcd.MISSING);
    try (var pair = new Pair(directory)) {
      assumeTrue(version(pair).startsWith("3.5."), "downgrades are new in etcd 3.5");
      // Until an etcd knows the version of its cluster, nothing can be said of another one.
      await()
          .atMost(TestCluster.PATIENCE)
          .until(() ->
              ask(DowngradeAction.VALIDATE, "3.3.0").answer(pair.theirs()).contains("invalid"));
      for (var version : VERSIONS) {
        assertSame(pair, ask(DowngradeAction.VALIDATE, version));
        assertSame(pair, ask(DowngradeAction.ENABLE, version));
      }
      assertSame(pair, ask(DowngradeAction.CANCEL, "3.4.0"));
      assertSame(pair, ask(DowngradeAction.UNRECOGNIZED, "3.4.0"));
      // Here no version is one to go back to.
      var begin = ask(DowngradeAction.VALIDATE, "3.4.0");
      assertThat(begin.answer(pair.theirs())).contains("version: \"3.5.0\"");
      assertThat(begin.answer(pair.ours()))
          .isEqualTo("INVALID_ARGUMENT: etcdserver: invalid downgrade target version");
    }
  }

  /** Anybody may ask, as in an etcd: where no job can begin, nothing is lost by that. */
  @Test
  void usersNeedNoPermission() throws Exception {
    assumeTrue(RealEtcd.isInstalled(), RealEtcd.MISSING);
    try (var pair = new Pair(directory)) {
      assumeTrue(version(pair).startsWith("3.5."), "downgrades are new in etcd 3.5");
      pair.ask(
          AuthGrpc.getUserAddMethod(),
          AuthUserAddRequest.newBuilder().setName("root").setPassword("pw").build());
      pair.ask(
          AuthGrpc.getUserGrantRoleMethod(),
          AuthUserGrantRoleRequest.newBuilder().setUser("root").setRole("root").build());
      pair.ask(AuthGrpc.getAuthEnableMethod(), AuthEnableRequest.getDefaultInstance());
      assertSame(pair, ask(DowngradeAction.VALIDATE, "x"));
      assertSame(pair, ask(DowngradeAction.CANCEL, ""));
    }
  }

  @Test
  void noDowngradeEverBegins() throws Exception {
    try (var store = new TestStore(directory)) {
      for (var target : List.of("3.4", "3.4.0", "3.5.0", "3.3.0")) {
        assertThat(ask(DowngradeAction.ENABLE, target).answer(store.channel()))
            .isEqualTo("INVALID_ARGUMENT: etcdserver: invalid downgrade target version");
      }
      assertThat(ask(DowngradeAction.CANCEL, "").answer(store.channel()))
          .isEqualTo("FAILED_PRECONDITION: etcdserver: no inflight downgrade job");
      assertThat(TestCluster.status(store).hasDowngradeInfo()).isFalse();
    }
  }

  private static void assertSame(Pair pair, Call<?, ?> call) {
    assertThat(call.answer(pair.ours())).as("%s", call).isEqualTo(call.answer(pair.theirs()));
  }

  private static String version(Pair pair) {
    return MaintenanceGrpc.newBlockingStub(pair.theirs())
        .withWaitForReady()
        .status(StatusRequest.getDefaultInstance())
        .getVersion();
  }

  private static Call<?, ?> ask(DowngradeAction action, String version) {
    return new Call<>(
        MaintenanceGrpc.getDowngradeMethod(),
        DowngradeRequest.newBuilder()
            .setActionValue(action == DowngradeAction.UNRECOGNIZED ? 7 : action.getNumber())
            .setVersion(version)
            .build());
  }
}
