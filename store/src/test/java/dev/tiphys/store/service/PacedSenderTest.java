package dev.tiphys.store.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who sends waits for its client, but not for one that is stuck. */
class PacedSenderTest {
  @Test
  void aClientThatTakesNothingIsGivenUp() throws Exception {
    var client = new Client();
    var sender = new PacedSender<>(client, () -> {}, Duration.ofMillis(20));
    sender.send("a");
    client.ready = false;
    assertThatThrownBy(() -> sender.send("b"))
        .hasMessage("DEADLINE_EXCEEDED: the client took nothing for 0 s");
    client.ready = true;
    sender.send("c");
    assertThat(client.taken).containsExactly("a", "c");
  }

  /** One that is ready when the test says so. */
  private static final class Client extends SilentObserver<String> {
    private final List<String> taken = new ArrayList<>();
    private boolean ready = true;

    @Override
    public boolean isReady() {
      return ready;
    }

    @Override
    public void onNext(String message) {
      taken.add(message);
    }
  }
}
