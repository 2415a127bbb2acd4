package dev.tiphys.apiserver.fairness;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import dev.tiphys.apiserver.fairness.FairSeats.RefusedException;
import dev.tiphys.apiserver.fairness.FairSeats.Seat;
import dev.tiphys.apiserver.strategy.control.StandardFlows;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FairSeatsTest {

  private static final Duration LONG = Duration.ofSeconds(30);

  private final AtomicLong time = new AtomicLong();
  private final FairSeats seats = new FairSeats(time::get);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  @AfterEach
  void close() {
    threads.shutdownNow();
  }

  private static SeatShares level(String name, int nominal, int least, int most) {
    return new SeatShares(name, false, nominal, least, most, new SeatShares.Queues(16, 2, 3));
  }

  private Seat take(String level) throws Exception {
    return requireNonNull(seats.acquire(level, 1, 1, Duration.ZERO));
  }

  private void tenSecondsLater() {
    time.addAndGet(Duration.ofSeconds(10).toNanos());
  }

  private int takeAll(String level) throws Exception {
    int taken = 0;
    while (true) {
      try {
        take(level);
        taken++;
      } catch (RefusedException _) {
        return taken;
      }
    }
  }

  @Test
  void aLevelBorrowsWhatOthersLendAndNoMore() throws Exception {
    seats.configure(List.of(level("a", 2, 2, 10), level("b", 4, 1, 10)));
    takeAll("a");

    tenSecondsLater();
    takeAll("a");

    assertThat(seats.load("a")[0]).isEqualTo(5);
    take("b");
  }

  @Test
  void whatIsLentComesBackWhenItIsWanted() throws Exception {
    seats.configure(List.of(level("a", 2, 2, 10), level("b", 4, 1, 10)));
    takeAll("a");
    tenSecondsLater();
    takeAll("a");
    takeAll("b");
    List<Future<?>> wanted = queue("b", 7, 3, "b", new ArrayList<>());

    tenSecondsLater();
    assertThatThrownBy(() -> take("a")).isInstanceOf(RefusedException.class);

    assertThat(seats.limit("b")).isEqualTo(4);
    for (Future<?> one : wanted) {
      one.get(30, TimeUnit.SECONDS);
    }
  }

  @Test
  void inBetweenALevelKeepsWhatItWasGiven() throws Exception {
    seats.configure(List.of(level("a", 2, 2, 10), level("b", 4, 1, 10)));

    assertThat(takeAll("a")).isEqualTo(4);
    assertThat(seats.limit("a")).isEqualTo(4);
    assertThat(seats.limit("b")).isEqualTo(2);
  }

  @Test
  void aLevelHasAtMostWhatItMayBorrow() throws Exception {
    seats.configure(List.of(level("a", 2, 2, 3), level("b", 4, 0, 10)));

    assertThat(takeAll("a")).isEqualTo(3);
  }

  @Test
  void aWideRequestTakesSeveralSeats() throws Exception {
    seats.configure(List.of(level("a", 4, 4, 4)));
    Seat wide = requireNonNull(seats.acquire("a", 1, 3, Duration.ZERO));

    assertThatThrownBy(() -> seats.acquire("a", 1, 2, Duration.ZERO))
        .isInstanceOf(RefusedException.class);
    take("a");

    seats.release(wide);
    assertThat(seats.acquire("a", 1, 2, Duration.ZERO)).isNotNull();
  }

  @Test
  void oneThatIsWiderThanItsLevelRunsAlone() throws Exception {
    seats.configure(List.of(level("a", 2, 2, 2)));
    Seat wide = requireNonNull(seats.acquire("a", 1, 9, Duration.ZERO));

    assertThatThrownBy(() -> take("a")).isInstanceOf(RefusedException.class);
    seats.release(wide);
    take("a");
  }

  @Test
  void nobodyNarrowerGoesBeforeWhoIsWide() throws Exception {
    seats.configure(List.of(new SeatShares("a", false, 2, 2, 2, new SeatShares.Queues(1, 1, 9))));
    Seat first = take("a");
    Future<@Nullable Seat> wide = threads.submit(() -> seats.acquire("a", 1, 2, LONG));
    Awaitility.await().until(() -> seats.load("a")[1] == 1);
    Future<@Nullable Seat> narrow = threads.submit(() -> seats.acquire("a", 1, 1, LONG));
    Awaitility.await().until(() -> seats.load("a")[1] == 2);

    seats.release(first);

    Seat taken = requireNonNull(wide.get(30, TimeUnit.SECONDS));
    assertThat(narrow.isDone()).isFalse();
    seats.release(taken);
    narrow.get(30, TimeUnit.SECONDS);
  }

  @Test
  void seatsFollowFromWhatAListBrings() {
    assertThat(ListWidth.seats(0, 0, 0, 10)).isEqualTo(1);
    assertThat(ListWidth.seats(100, 100, 2_000, 10)).isEqualTo(2);
    assertThat(ListWidth.seats(100, 10, 2_000, 10)).isEqualTo(1);
    assertThat(ListWidth.seats(9_000, 9_000, 2_000, 37)).isEqualTo(10);
    assertThat(ListWidth.seats(9_000, 9_000, 2_000, 3)).isEqualTo(3);
  }

  @Property(tries = 300)
  void aDivisionGivesAwayAllSeatsWithinItsBounds(
      @ForAll @IntRange(min = 0, max = 600) int total,
      @ForAll @Size(min = 1, max = 8) List<@IntRange(min = 0, max = 200) Integer> numbers) {
    List<SeatDivision.Part> parts = new ArrayList<>();
    for (int number : numbers) {
      double least = number % 17;
      parts.add(new SeatDivision.Part(least, least + number, least + number / 3.0));
    }
    double[] given = SeatDivision.divide(total, parts);

    double low = parts.stream().mapToDouble(SeatDivision.Part::least).sum();
    double high = parts.stream().mapToDouble(SeatDivision.Part::most).sum();
    if (total < low || total > high) {
      assertThat(given).isNull();
      return;
    }
    assertThat(Arrays.stream(requireNonNull(given)).sum()).isCloseTo(total, offset(1e-6));
    for (int i = 0; i < parts.size(); i++) {
      assertThat(given[i]).isBetween(parts.get(i).least(), parts.get(i).most());
    }
  }

  @Test
  void withoutQueuesARequestIsRefusedAtOnce() throws Exception {
    seats.configure(List.of(new SeatShares("a", false, 1, 1, 1, null)));
    take("a");

    assertThatThrownBy(() -> seats.acquire("a", 1, 1, LONG))
        .isInstanceOfSatisfying(
            RefusedException.class,
            refused -> assertThat(refused.why()).isEqualTo(FairSeats.Refusal.CONCURRENCY_LIMIT));
  }

  @Test
  void whoIsExemptNeverWaitsAndUnknownLevelsNeedNoSeat() throws Exception {
    seats.configure(List.of(new SeatShares("x", true, 0, 0, 1, null)));

    assertThat(seats.acquire("x", 1, 1, Duration.ZERO)).isNotNull();
    assertThat(seats.acquire("x", 1, 1, Duration.ZERO)).isNotNull();
    assertThat(seats.acquire("?", 1, 1, Duration.ZERO)).isNull();
  }

  private List<Future<?>> queue(
      String level, long flow, int count, String label, List<String> order) {
    List<Future<?>> waiting = new ArrayList<>();
    int before = seats.load(level)[1];
    for (int i = 0; i < count; i++) {
      waiting.add(
          threads.submit(() -> {
            @Nullable Seat seat = seats.acquire(level, flow, 1, LONG);
            order.add(label);
            time.addAndGet(Duration.ofMillis(10).toNanos());
            seats.release(requireNonNull(seat));
            return null;
          }));
      int wanted = before + i + 1;
      Awaitility.await().until(() -> seats.load(level)[1] == wanted);
    }
    return waiting;
  }

  @Test
  void aFlowWithManyRequestsDoesNotDelayOneWithFew() throws Exception {
    seats.configure(
        List.of(new SeatShares("a", false, 1, 1, 1, new SeatShares.Queues(1024, 1, 50))));
    Seat first = take("a");
    List<String> order = Collections.synchronizedList(new ArrayList<>());
    List<Future<?>> all = queue("a", 17, 20, "elephant", order);
    all.addAll(queue("a", 18, 1, "mouse", order));

    seats.release(first);
    for (Future<?> one : all) {
      one.get(30, TimeUnit.SECONDS);
    }

    assertThat(order.subList(0, 2)).contains("mouse");
  }

  @Test
  void aFullQueueRefuses() throws Exception {
    seats.configure(List.of(new SeatShares("a", false, 1, 1, 1, new SeatShares.Queues(1, 1, 3))));
    Seat held = take("a");
    queue("a", 5, 3, "x", new ArrayList<>());

    assertThatThrownBy(() -> seats.acquire("a", 5, 1, LONG))
        .isInstanceOfSatisfying(
            RefusedException.class,
            refused -> assertThat(refused.why()).isEqualTo(FairSeats.Refusal.QUEUE_FULL));
    seats.release(held);
  }

  @Test
  void whoWaitsKeepsWaitingWhenQueuesChange() throws Exception {
    seats.configure(List.of(level("a", 1, 1, 1)));
    take("a");
    List<String> order = Collections.synchronizedList(new ArrayList<>());
    Future<?> waiting = queue("a", 5, 1, "x", order).getFirst();

    seats.configure(List.of(new SeatShares("a", false, 2, 2, 2, new SeatShares.Queues(4, 4, 9))));

    waiting.get(30, TimeUnit.SECONDS);
    assertThat(seats.load("a")).containsExactly(1, 0);
  }

  @Property(tries = 200)
  void aHandHasDifferentQueues(@ForAll long hash, @ForAll @IntRange(min = 1, max = 12) int size) {
    assertThat(FairQueues.hand(hash, 12, size))
        .hasSize(size)
        .doesNotHaveDuplicates()
        .satisfies(hand ->
            assertThat(java.util.Arrays.stream(hand)).allMatch(card -> card >= 0 && card < 12));
  }

  @Test
  void seatsAreDividedByShares() {
    List<SeatShares> divided = SeatShares.divide(600, StandardFlows.levels());

    assertThat(divided)
        .filteredOn(level -> level.name().equals("workload-low"))
        .singleElement()
        .satisfies(level -> {
          assertThat(level.nominal()).isEqualTo(245);
          assertThat(level.least()).isEqualTo(24);
          assertThat(level.most()).isEqualTo(Integer.MAX_VALUE);
        });
    assertThat(divided)
        .filteredOn(level -> level.name().equals("catch-all"))
        .singleElement()
        .satisfies(level -> {
          assertThat(level.nominal()).isEqualTo(13);
          assertThat(level.queues()).isNull();
        });
  }
}
