package dev.tiphys.kubelet.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.HttpMethod;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AccessRulesTest {
  @ParameterizedTest
  @CsvSource({
    "GET, /metrics/resource, get, metrics",
    "GET, /stats/summary, get, stats",
    "GET, /pods, get, pods proxy",
    "GET, /healthz, get, healthz proxy",
    "POST, /exec/ns/pod/c, create, proxy",
    "GET, /containerLogs/ns/pod/c, get, proxy",
    "GET, /, get, proxy",
  })
  void asksForTheFinestSubresourceFirst(
      String method, String path, String verb, String subresources) {
    assertThat(AccessRules.of(HttpMethod.valueOf(method), path))
        .isEqualTo(new Authorizer.Access(verb, List.of(subresources.split(" ")), path));
  }
}
