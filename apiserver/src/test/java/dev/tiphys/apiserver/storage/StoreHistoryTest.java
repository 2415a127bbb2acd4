package dev.tiphys.apiserver.storage;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class StoreHistoryTest {

  @Test
  void whoReadsWhileTheServerStopsIsToldSo() {
    StoreConfig nobody =
        new StoreConfig(
            List.of(URI.create("http://127.0.0.1:1")),
            null,
            null,
            null,
            StoreConfig.DEFAULT_PREFIX,
            Duration.ZERO);
    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    threads.shutdownNow();
    try (Etcd etcd = Etcd.connect(nobody, new StoreMetrics())) {
      StoreHistory history = new StoreHistory(etcd, threads);

      assertThatThrownBy(() -> history.events("/registry/pods/", 1, 2, 10))
          .isInstanceOf(StorageException.Unavailable.class)
          .hasMessage("the server stops");
    }
  }
}
