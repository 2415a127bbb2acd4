package dev.tiphys.apiserver.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** Each round is an interval that has passed; how long one is makes no difference. */
@EnabledIf(
    value = "dev.tiphys.apiserver.storage.EtcdProcess#installed",
    disabledReason = "no /usr/bin/etcd: apt-get install etcd-server")
class CompactorTest {

  private static final String KEY = "/registry/configmaps/default/a";
  private static final int QUOTA = 4 << 20;

  @TempDir Path folder;

  private @Nullable EtcdProcess process;
  private @Nullable Etcd etcd;
  private long written;

  @AfterEach
  void end() throws Exception {
    etcd().close();
    process().close();
  }

  @Test
  void itCompactsAtTheRevisionOfOneRoundBefore() throws Exception {
    start(EtcdProcess.start(folder));
    Compactor compactor = new Compactor(etcd());
    long old = write(3);

    compactor.round();
    long atRound = etcd().revision();
    long recent = write(3);
    assertThat(readAt(old - 1)).isEqualTo(old - 1);

    compactor.round();
    assertCompacted(old);
    assertThat(readAt(atRound)).isEqualTo(old);
    assertThat(readAt(recent)).isEqualTo(recent);
  }

  @Test
  void ofSeveralOneCompactsAndAnotherGoesOnWhenItIsGone() throws Exception {
    start(EtcdProcess.start(folder));
    Compactor one = new Compactor(etcd());
    Compactor other = new Compactor(etcd());
    one.round();
    long first = write(3);
    other.round();
    one.round();

    other.round();
    assertThat(readAt(first - 1)).as("only one has compacted").isEqualTo(first - 1);
    long second = write(3);

    other.round();
    assertCompacted(first);
    assertThat(readAt(second - 2)).isEqualTo(second - 2);
  }

  @Test
  void theKeyIsThatOfUpstreamsApiServers() throws Exception {
    start(EtcdProcess.start(folder));
    Compactor compactor = new Compactor(etcd());

    compactor.round();
    assertThat(noted()).isEqualTo("0");
    long seen = etcd().revision();
    write(2);
    compactor.round();

    assertThat(noted()).isEqualTo(Long.toString(seen));
    assertThat(etcd().claimCompaction(7, 0)).isEqualTo(new Etcd.Claim(false, 2, etcd().revision()));
  }

  @Test
  void aStoreWithoutSpaceIsCompactedAllTheSame() throws Exception {
    start(EtcdProcess.start(folder, QUOTA));
    Compactor one = new Compactor(etcd());
    Compactor other = new Compactor(etcd());
    one.round();
    other.round();
    long old = write(2);
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 64; i++) {
                write(new byte[QUOTA / 16]);
              }
            })
        .hasMessageContaining("etcdserver: mvcc: database space exceeded");

    for (int round = 0; round < 2; round++) {
      one.round();
      other.round();
    }

    assertCompacted(old);
  }

  @Test
  void aRoundThatFailsIsNotTheLast() throws Exception {
    start(EtcdProcess.start(folder));
    long old = write(3);

    new Compactor(etcd())
        .run(
            pauses(
                () -> {},
                () -> process().kill(),
                () -> {
                  process().start();
                  etcd().revision();
                }));

    assertCompacted(old);
  }

  @Test
  void anOpenStoreDoesItByItself() throws Exception {
    start(EtcdProcess.start(folder));
    long old = write(3);
    try (Store _ = Store.connect(config(Duration.ofMillis(100)), InstantSource.system())) {
      await().atMost(StoreFixture.SOON).untilAsserted(() -> assertCompacted(old));
    }
  }

  private interface Step {
    void run() throws Exception;
  }

  /** One pause for each step, in which it is done; then there is to be no further round. */
  private static BooleanSupplier pauses(Step... steps) {
    Iterator<Step> left = List.of(steps).iterator();
    return () -> {
      if (!left.hasNext()) {
        return false;
      }
      try {
        left.next().run();
      } catch (Exception e) {
        throw new AssertionError(e);
      }
      return true;
    };
  }

  private void start(EtcdProcess started) {
    process = started;
    etcd = Etcd.connect(config(Duration.ZERO), new StoreMetrics());
    // It answers reads when it is there.
    etcd.revision();
  }

  private StoreConfig config(Duration interval) {
    return new StoreConfig(
        List.of(process().endpoint()), null, null, null, StoreConfig.DEFAULT_PREFIX, interval);
  }

  private EtcdProcess process() {
    return Objects.requireNonNull(process);
  }

  private Etcd etcd() {
    return Objects.requireNonNull(etcd);
  }

  /** Writes the key so many times; each makes a revision, of which the last is told. */
  private long write(int times) {
    for (int i = 0; i < times; i++) {
      write(new byte[1]);
    }
    return written;
  }

  private void write(byte[] value) {
    assertThat(etcd().put(KEY, written, value, 0))
        .isInstanceOfSatisfying(Etcd.Written.Done.class, done -> written = done.revision());
  }

  /** The revision that wrote what the key was at a revision. */
  private long readAt(long revision) {
    return etcd().range(KEY, KEY + "\0", 1, revision).entries().getFirst().revision();
  }

  private void assertCompacted(long revision) {
    assertThatThrownBy(() -> readAt(revision)).isInstanceOf(CompactedException.class);
  }

  private String noted() {
    return new String(Objects.requireNonNull(etcd().get(Etcd.COMPACTION_KEY)).value());
  }
}
