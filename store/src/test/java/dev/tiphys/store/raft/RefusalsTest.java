package dev.tiphys.store.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tiphys.store.FreePort;
import dev.tiphys.store.mvcc.StoreError;
import dev.tiphys.store.peer.PeerLinks;
import dev.tiphys.store.peer.RaftCall;
import io.grpc.Status;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Which entries may be sent again, when a leader did not take them. */
class RefusalsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @Test
  void whatNobodyWasThereToTakeIsCertain() throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor();
        var links = new PeerLinks(null, threads)) {
      var url = "http://127.0.0.1:" + FreePort.pick();
      for (int i = 0; i < 2; i++) {
        assertThat(Refusals.isCertain(failure(links, url))).isTrue();
      }
    }
  }

  @Test
  void whatWasRefusedBeforeItWasAppendedIsCertain() {
    assertThat(Refusals.isCertain(said(StoreError.NO_LEADER.text()))).isTrue();
    assertThat(Refusals.isCertain(said(StoreError.LEADER_CHANGED.text()))).isFalse();
  }

  @Test
  void whatABrokenConnectionTookAlongMayYetHappen() {
    var lost = said("the connection broke");
    assertThat(Refusals.isCertain(lost)).isFalse();
    assertThat(Refusals.error(lost)).isEqualTo(StoreError.TIMEOUT);
  }

  private static Throwable said(String text) {
    return Status.UNAVAILABLE.withDescription(text).asRuntimeException();
  }

  private static Throwable failure(PeerLinks links, String url) throws IOException {
    var call = RaftCall.newBuilder().setKind(RaftCall.Kind.PROPOSE).build();
    var answer = links.raftLater(url, call, PATIENCE);
    return catchThrowableOfType(
        ExecutionException.class, () -> answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS));
  }
}
