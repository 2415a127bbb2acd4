package dev.tiphys.apiserver.resource;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class DerivedTest {

  @Test
  void isMadeOnceAChange() {
    AtomicInteger made = new AtomicInteger();
    Derived<Integer> derived = new Derived<>(made::incrementAndGet);

    assertThat(derived.get()).isEqualTo(1);
    assertThat(derived.get()).isEqualTo(1);
    derived.changed();
    assertThat(derived.get()).isEqualTo(2);
  }

  @Test
  void nobodyIsGivenWhatWasMadeBeforeTheChange() throws Exception {
    CountDownLatch making = new CountDownLatch(1);
    CountDownLatch mayEnd = new CountDownLatch(1);
    AtomicInteger made = new AtomicInteger();
    Derived<Integer> derived =
        new Derived<>(() -> {
          int number = made.incrementAndGet();
          if (number == 2) {
            making.countDown();
            await(mayEnd);
          }
          return number;
        });
    assertThat(derived.get()).isEqualTo(1);
    derived.changed();
    CompletableFuture<Integer> first = new CompletableFuture<>();
    CompletableFuture<Integer> second = new CompletableFuture<>();

    Thread.ofVirtual().start(() -> first.complete(derived.get()));
    await(making);
    Thread.ofVirtual().start(() -> second.complete(derived.get()));
    assertThat(second.isDone()).isFalse();
    mayEnd.countDown();

    assertThat(first.get(20, TimeUnit.SECONDS)).isEqualTo(2);
    assertThat(second.get(20, TimeUnit.SECONDS)).isEqualTo(2);
  }

  private static void await(CountDownLatch latch) {
    try {
      if (!latch.await(20, TimeUnit.SECONDS)) {
        throw new AssertionError("too late");
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
