package dev.tiphys.store.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tiphys.store.Patiently;
import dev.tiphys.store.rpc.LeaseGrantRequest;
import dev.tiphys.store.rpc.LeaseGrpc;
import dev.tiphys.store.rpc.LeaseKeepAliveRequest;
import dev.tiphys.store.rpc.LeaseKeepAliveResponse;
import dev.tiphys.store.rpc.LeaseTimeToLiveRequest;
import dev.tiphys.store.rpc.MaintenanceGrpc;
import dev.tiphys.store.rpc.StatusRequest;
import dev.tiphys.store.rpc.StatusResponse;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A leader that sleeps for longer than leases live: clients keep theirs alive at the next one, and
 * what the sleeper's clock says when it awakes ends none of them.
 */
class SleepingLeaseKeeperTest {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final long TTL = 8;

  @Test
  void itEndsNoLeaseThatIsKeptAliveElsewhere(@TempDir Path directory) throws Exception {
    try (var cluster = new Cluster(directory, new Loopback())) {
      for (int round = 0; round < 3; round++) {
        int sleeper = leader(cluster);
        int other = (sleeper + 1) % Cluster.SIZE;
        var kept = List.of(grant(cluster, sleeper, TTL), grant(cluster, sleeper, TTL));

        cluster.freeze(sleeper);
        await()
            .atMost(PATIENCE)
            .ignoreExceptions()
            .untilAsserted(
                () -> assertThat(keepAlive(cluster, other, kept.getFirst())).isPositive());
        // By the sleeper's clock all have run out when this one, granted later, has.
        awaitEndWhileKeeping(cluster, other, grant(cluster, other, TTL), kept);
        cluster.thaw(sleeper);
        await()
            .atMost(PATIENCE)
            .ignoreExceptions()
            .until(
                () -> status(cluster, sleeper).getLeader() == status(cluster, other).getLeader());
        awaitEndWhileKeeping(cluster, other, grant(cluster, other, 2), kept);
        for (long lease : kept) {
          assertThat(remaining(cluster, other, lease)).as("round %s", round).isNotNegative();
        }
      }
    }
  }

  private static void awaitEndWhileKeeping(Cluster cluster, int at, long awaited, List<Long> kept) {
    await()
        .atMost(PATIENCE)
        .ignoreExceptionsMatching(Patiently::isForWantOfLeader)
        .until(() -> {
          for (long lease : kept) {
            assertThat(keepAlive(cluster, at, lease)).as("kept alive").isPositive();
          }
          return remaining(cluster, at, awaited) < 0;
        });
  }

  private static long grant(Cluster cluster, int at, long seconds) {
    var leases = LeaseGrpc.newBlockingStub(cluster.channel(at));
    var request = LeaseGrantRequest.newBuilder().setTTL(seconds).build();
    return Patiently.ask(() -> leases.leaseGrant(request).getID());
  }

  private static long remaining(Cluster cluster, int at, long lease) {
    return LeaseGrpc.newBlockingStub(cluster.channel(at))
        .leaseTimeToLive(LeaseTimeToLiveRequest.newBuilder().setID(lease).build())
        .getTTL();
  }

  private static long keepAlive(Cluster cluster, int at, long lease) throws Exception {
    var answer = new CompletableFuture<Long>();
    var requests =
        LeaseGrpc.newStub(cluster.channel(at))
            .leaseKeepAlive(
                new StreamObserver<LeaseKeepAliveResponse>() {
                  @Override
                  public void onNext(LeaseKeepAliveResponse response) {
                    answer.complete(response.getTTL());
                  }

                  @Override
                  public void onError(Throwable failure) {
                    answer.completeExceptionally(failure);
                  }

                  @Override
                  public void onCompleted() {}
                });
    requests.onNext(LeaseKeepAliveRequest.newBuilder().setID(lease).build());
    requests.onCompleted();
    try {
      return answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw Status.fromThrowable(e).asRuntimeException();
    }
  }

  private static StatusResponse status(Cluster cluster, int member) {
    return MaintenanceGrpc.newBlockingStub(cluster.channel(member))
        .status(StatusRequest.getDefaultInstance());
  }

  private static int leader(Cluster cluster) {
    return await().atMost(PATIENCE).ignoreExceptions().until(() -> find(cluster), i -> i >= 0);
  }

  private static int find(Cluster cluster) {
    for (int i = 0; i < Cluster.SIZE; i++) {
      var status = status(cluster, i);
      if (status.getLeader() == status.getHeader().getMemberId()) {
        return i;
      }
    }
    return -1;
  }
}
