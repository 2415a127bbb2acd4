package dev.tiphys.apiserver.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tiphys.api.core.v1.ConfigMap;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A write whose answer is lost with the connection is told as what it came to, and done once. */
final class LostAnswersTest extends StoreFixture {

  private LossyProxy proxy;

  private Store behindProxy;

  private ResourceStore<ConfigMap> lossy;

  @BeforeEach
  void connectThroughProxy() throws Exception {
    proxy = new LossyProxy(etcd.endpoint());
    behindProxy =
        Store.connect(
            new StoreConfig(
                List.of(proxy.endpoint()),
                null,
                null,
                null,
                StoreConfig.DEFAULT_PREFIX,
                Duration.ZERO),
            InstantSource.system());
    lossy = behindProxy.open(spec);
    behindProxy.check(SOON);
  }

  @AfterEach
  void disconnect() throws Exception {
    behindProxy.close();
    proxy.close();
  }

  @Test
  void whatWasDoneIsToldAsDone() throws Exception {
    CompletableFuture<Stored<ConfigMap>> creation =
        lost(() -> lossy.create(key("a"), map("a", "1"), null));
    Stored<ConfigMap> created = soon("a", "1");
    proxy.breakConnections();
    assertThat(creation.get().revision()).isEqualTo(created.revision());

    CompletableFuture<Stored<ConfigMap>> update = lost(() -> setTo("2"));
    Stored<ConfigMap> updated = soon("a", "2");
    proxy.breakConnections();
    assertThat(update.get().revision()).isEqualTo(updated.revision());

    CompletableFuture<Stored<ConfigMap>> deletion =
        lost(() -> lossy.delete(key("a"), Preconditions.NONE, _ -> {}));
    await().atMost(SOON).until(() -> names().isEmpty());
    proxy.breakConnections();
    assertThat(value(deletion.get())).isEqualTo("2");
    assertThat(deletion.get().revision()).isGreaterThan(updated.revision());
  }

  @Test
  void whatNobodyElseChangedIsFoundWithoutHistory() throws Exception {
    create("a", "1");
    CompletableFuture<Stored<ConfigMap>> update = lost(() -> setTo("2"));
    Stored<ConfigMap> updated = soon("a", "2");
    etcd.compact(create("b", "1").revision());
    proxy.breakConnections();

    assertThat(update.get().revision()).isEqualTo(updated.revision());
  }

  @Test
  void whatNeverArrivedIsAskedForAgain() throws Exception {
    fillCache();
    proxy.loseRequests();
    CompletableFuture<Stored<ConfigMap>> creation =
        begun(() -> lossy.create(key("a"), map("a", "1"), null));
    awaitLossOf("a");
    proxy.breakConnections();
    assertThat(creation.get().revision()).isEqualTo(soon("a", "1").revision());

    fillCache();
    proxy.loseRequests();
    CompletableFuture<Stored<ConfigMap>> update = begun(() -> setTo("2"));
    awaitLossOf("a");
    proxy.breakConnections();
    assertThat(update.get().revision()).isEqualTo(soon("a", "2").revision());
  }

  @Test
  void whatWasDoneAndThenChangedByAnotherIsToldAsDone() throws Exception {
    create("a", "1");
    CompletableFuture<Stored<ConfigMap>> update = lost(() -> setTo("2"));
    Stored<ConfigMap> updated = soon("a", "2");
    set("a", "3");
    proxy.breakConnections();

    assertThat(update.get().revision()).isEqualTo(updated.revision());
    assertThat(value(maps.get(key("a"), ReadAt.LATEST))).isEqualTo("3");
  }

  @Test
  void whatWasCreatedAndThenDeletedByAnotherDoesNotComeBack() throws Exception {
    CompletableFuture<Stored<ConfigMap>> creation =
        lost(() -> lossy.create(key("a"), map("a", "1"), null));
    Stored<ConfigMap> created = soon("a", "1");
    maps.delete(key("a"), Preconditions.NONE, _ -> {});
    proxy.breakConnections();

    assertThat(creation.get().revision()).isEqualTo(created.revision());
    assertThat(names()).isEmpty();
  }

  @Test
  void whatAnotherWasFasterWithIsJudgedAnew() throws Exception {
    create("a", "1");
    fillCache();
    proxy.loseRequests();
    CompletableFuture<Stored<ConfigMap>> update = begun(() -> setTo("2"));
    CompletableFuture<Stored<ConfigMap>> creation =
        begun(() -> lossy.create(key("b"), map("b", "1"), null));
    awaitLossOf("a");
    awaitLossOf("b");
    set("a", "other");
    create("b", "other");
    proxy.breakConnections();

    assertThat(value(update.get())).isEqualTo("2");
    assertThatThrownBy(creation::get)
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(StorageException.AlreadyExists.class);
    assertThat(value(maps.get(key("b"), ReadAt.LATEST))).isEqualTo("other");
  }

  /** From now on a write begins with no read. */
  private void fillCache() {
    lossy.list(ListQuery.latest(Selection.all()));
  }

  /** Begins a write that the store does, and of which nobody hears. */
  private CompletableFuture<Stored<ConfigMap>> lost(Supplier<Stored<ConfigMap>> write) {
    fillCache();
    proxy.loseAnswers();
    return begun(write);
  }

  private void awaitLossOf(String name) {
    await().atMost(SOON).until(() -> proxy.lost(spec.keyPrefix() + key(name).path()));
  }

  private static CompletableFuture<Stored<ConfigMap>> begun(Supplier<Stored<ConfigMap>> write) {
    CompletableFuture<Stored<ConfigMap>> result = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(() -> {
          try {
            result.complete(write.get());
          } catch (RuntimeException e) {
            result.completeExceptionally(e);
          }
        });
    return result.orTimeout(SOON.toSeconds(), TimeUnit.SECONDS);
  }

  private Stored<ConfigMap> setTo(String value) {
    return lossy.update(key("a"), Preconditions.NONE, _ -> new Change.Put<>(map("a", value)));
  }

  private Stored<ConfigMap> soon(String name, String value) {
    return await()
        .atMost(SOON)
        .ignoreExceptions()
        .until(() -> maps.get(key(name), ReadAt.LATEST), stored -> value(stored).equals(value));
  }

  private List<String> names() {
    return names(maps.list(ListQuery.latest(Selection.all())));
  }
}
