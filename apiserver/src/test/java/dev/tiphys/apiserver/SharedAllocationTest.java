package dev.tiphys.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tiphys.apiserver.TestApi.Answer;
import dev.tiphys.apiserver.TestApi.Client;
import dev.tiphys.apiserver.storage.EtcdProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SharedAllocationTest {

  private static final int SERVICES = 40;

  @Test
  void twoServersGiveNothingTwice(@TempDir Path folder) throws Exception {
    assumeTrue(EtcdProcess.installed(), "no etcd here: Debian's package is etcd-server");
    try (TestApi one =
            TestApi.start(
                Files.createDirectory(folder.resolve("one")), SharedAllocationTest::narrow);
        TestApi other =
            TestApi.beside(
                one,
                Files.createDirectory(folder.resolve("other")),
                SharedAllocationTest::narrow)) {
      List<Answer> made = createdThrough(List.of(one.admin(), other.admin()));

      assertThat(made).extracting(Answer::code).containsOnly(201);
      assertThat(made).extracting(a -> a.at("spec.clusterIP")).doesNotHaveDuplicates();
      assertThat(made).extracting(a -> a.at("spec.ports.0.nodePort")).doesNotHaveDuplicates();
      String ip = made.getFirst().at("spec.clusterIP");
      String addresses = "/apis/networking.k8s.io/v1/ipaddresses/";
      assertThat(one.admin().get(addresses + ip).at("spec.parentRef.name"))
          .isEqualTo(made.getFirst().at("metadata.name"));

      other
          .admin()
          .delete("/api/v1/namespaces/default/services/" + made.getFirst().at("metadata.name"), "");
      assertThat(one.admin().get(addresses + ip).code()).isEqualTo(404);
    }
  }

  /** So few addresses and ports that servers meet at nearly every choice. */
  private static void narrow(Options options) {
    options.serviceRanges = List.of("10.96.0.0/26");
    options.nodePortRange = "30000-30049";
  }

  private static List<Answer> createdThrough(List<Client> clients) throws Exception {
    List<Future<Answer>> running = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < SERVICES; i++) {
        Client client = clients.get(i % clients.size());
        String body =
            "{\"metadata\":{\"name\":\"s%d\"},\"spec\":{\"type\":\"NodePort\",\"ports\":[{\"port\":80}]}}"
                .formatted(i);
        running.add(threads.submit(() -> client.post("/api/v1/namespaces/default/services", body)));
      }
    }
    List<Answer> answers = new ArrayList<>();
    for (Future<Answer> answer : running) {
      answers.add(answer.get());
    }
    return answers;
  }
}
