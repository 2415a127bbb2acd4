package dev.tiphys.apiserver;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.apiserver.TestApi.Client;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLSocket;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that stop halfway, leave without a word, or just sit there, hurt nobody else. */
@ExtendWith(SharedApi.class)
final class BadConnectionsTest {

  private static final String MAPS = "/api/v1/namespaces/default/configmaps";

  private final TestApi api;
  private final Client admin;
  private final List<AutoCloseable> open = new ArrayList<>();

  BadConnectionsTest(TestApi api) {
    this.api = api;
    this.admin = api.admin();
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : open) {
      one.close();
    }
  }

  private SSLSocket connection() throws IOException {
    SSLSocket socket = api.connection();
    open.add(socket);
    return socket;
  }

  private void send(SSLSocket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(US_ASCII));
    socket.getOutputStream().flush();
  }

  private static String head(String more) {
    return "POST "
        + MAPS
        + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer admin-token\r\n"
        + more
        + "\r\n";
  }

  private double metric(String start) {
    return admin
        .get("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith(start))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  @Test
  void manyThatSayNothingDoNotKeepOthersOut() throws Exception {
    for (int i = 0; i < 100; i++) {
      connection();
    }
    for (int i = 0; i < 50; i++) {
      send(connection(), "GET / HT");
      send(connection(), head("Content-Length: 100\r\n") + "{");
    }

    assertThat(admin.get("/livez").code()).isEqualTo(200);
    assertThat(admin.get(MAPS).code()).isEqualTo(200);
  }

  @Test
  void aBodyThatNeverComesIsGivenUpWhenTheClientLeaves() throws Exception {
    for (int i = 0; i < 20; i++) {
      SSLSocket socket = connection();
      send(socket, head("Content-Length: 100\r\n") + "{\"metadata\":");
      socket.close();
    }

    Awaitility.await()
        .until(() -> metric("apiserver_current_inflight_requests{request_kind=\"mutating\"") == 0);
  }

  @Test
  void halfAConnectionIsEnoughForAnAnswer() throws Exception {
    SSLSocket socket = connection();
    String body = "{\"metadata\":{\"name\":\"Not_A_Name\"}}";
    send(socket, head("Connection: close\r\nContent-Length: " + body.length() + "\r\n") + body);
    socket.shutdownOutput();

    assertThat(new String(socket.getInputStream().readAllBytes(), US_ASCII))
        .satisfiesAnyOf(
            answer -> assertThat(answer).startsWith("HTTP/1.1 422 ").contains("\"Status\""),
            // Or the connection ends at once, which a client notices as well.
            answer -> assertThat(answer).isEmpty());
  }

  @Test
  void streamsThatAreResetLeaveNothingBehind() {
    for (int i = 0; i < 20; i++) {
      List<CompletableFuture<?>> asked = new ArrayList<>();
      for (int j = 0; j < 50; j++) {
        asked.add(admin.begin(MAPS + "?limit=" + (j + 1)));
      }
      asked.forEach(one -> one.cancel(true));
    }

    assertThat(admin.get(MAPS).code()).isEqualTo(200);
    // The request that reads the metrics is one itself.
    Awaitility.await()
        .until(() -> metric("apiserver_current_inflight_requests{request_kind=\"readOnly\"") <= 1);
  }

  @Test
  void watchesOfClientsThatLeftEnd() throws Exception {
    List<InputStream> watches = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      watches.add(admin.stream(MAPS + "?watch=1&fieldSelector=metadata.name%3Dleft"));
    }
    String gauge = "apiserver_longrunning_requests{component=\"apiserver\"";
    Awaitility.await().until(() -> metric(gauge) >= 40);

    for (InputStream watch : watches) {
      watch.close();
    }

    Awaitility.await().until(() -> metric(gauge) < 40);
    assertThat(admin.get("/livez").code()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: -1\r\n",
        "Content-Length: 99999999999999999999\r\n",
        "Content-Length: 3\r\nContent-Length: 4\r\n",
        "Transfer-Encoding: nonsense\r\n",
        "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n",
        "Content-Encoding: gzip\r\nContent-Length: 2\r\n",
        "Expect: nonsense\r\nContent-Length: 2\r\n",
      })
  void headersThatContradictThemselvesAreTheClientsMistake(String headers) throws Exception {
    SSLSocket socket = connection();
    send(socket, head("Connection: close\r\n" + headers) + "{}");
    socket.shutdownOutput();

    String answer = new String(socket.getInputStream().readAllBytes(), US_ASCII);
    assertThat(answer)
        .satisfiesAnyOf(
            text -> assertThat(text).isEmpty(), text -> assertThat(text).startsWith("HTTP/1.1 4"));
    assertThat(admin.get("/livez").code()).isEqualTo(200);
  }
}
