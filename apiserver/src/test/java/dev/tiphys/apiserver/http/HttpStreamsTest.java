package dev.tiphys.apiserver.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Answers that go on for a while, and clients that are slow, gone, or told to go. */
class HttpStreamsTest {

  @RegisterExtension final HttpFixture fixture = new HttpFixture();

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void aStreamArrivesAsItIsFlushedAndItsHandlerLearnsThatTheClientWent(HttpClient.Version version)
      throws Exception {
    CountDownLatch gone = new CountDownLatch(1);
    HttpServer server =
        fixture.serve(
            fixture.certificates().serverFiles(),
            exchange -> {
              exchange.onClientGone(gone::countDown);
              try (ResponseStream stream = exchange.startStream(200, HttpFixture.TEXT)) {
                stream.write("first\n".getBytes(UTF_8));
                stream.flush();
                HttpFixture.await(gone);
              }
            });
    HttpClient client = fixture.client(version, null);

    HttpResponse<InputStream> response =
        client.send(HttpFixture.request(server, "/").build(), BodyHandlers.ofInputStream());
    byte[] first = response.body().readNBytes(6);
    response.body().close();

    assertThat(new String(first, UTF_8)).isEqualTo("first\n");
    assertThat(gone.await(HttpFixture.SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void aClientThatDoesNotReadHoldsItsHandlerOnly(HttpClient.Version version) throws Exception {
    CountDownLatch held = new CountDownLatch(1);
    HttpServer server =
        fixture.serve(
            fixture.certificates().serverFiles(),
            exchange -> {
              if (exchange.path().equals("/quick")) {
                exchange.respond(200, HttpFixture.TEXT, HttpFixture.bytes(2));
                return;
              }
              long[] handedOver = {0};
              exchange.onClientGone(held::countDown);
              exchange.respondStreaming(
                  200,
                  HttpFixture.TEXT,
                  java.util.stream.Stream.generate(() -> HttpFixture.bytes(100_000))
                      .peek(piece -> handedOver[0] += piece.length)
                      .limit(10_000)
                      .iterator());
            });
    HttpClient client = fixture.client(version, null);

    HttpResponse<InputStream> slow =
        client.send(HttpFixture.request(server, "/slow").build(), BodyHandlers.ofInputStream());
    String quick =
        client.send(HttpFixture.request(server, "/quick").build(), BodyHandlers.ofString()).body();
    slow.body().close();

    assertThat(quick).isEqualTo("xx");
    assertThat(held.await(HttpFixture.SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void anOldClientGetsAStreamThatEndsWithTheConnection() throws Exception {
    HttpServer server =
        fixture.serve(
            null,
            exchange -> {
              try (ResponseStream stream = exchange.startStream(200, HttpFixture.TEXT)) {
                stream.write("old".getBytes(UTF_8));
              }
            });

    assertThat(HttpFixture.raw(server, "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"))
        .doesNotContain("chunked")
        .endsWith("\r\n\r\nold");
  }

  @Test
  void closingEndsStreamsInOrderAndRefusesNewConnections() throws Exception {
    CountDownLatch streaming = new CountDownLatch(1);
    HttpServer server =
        fixture.serve(
            fixture.certificates().serverFiles(),
            exchange -> {
              CountDownLatch end = new CountDownLatch(1);
              exchange.onClientGone(end::countDown);
              try (ResponseStream stream = exchange.startStream(200, HttpFixture.TEXT)) {
                streaming.countDown();
                HttpFixture.await(end);
                stream.write("bye".getBytes(UTF_8));
              }
            });
    CompletableFuture<HttpResponse<String>> response =
        fixture
            .client(HttpClient.Version.HTTP_2, null)
            .sendAsync(HttpFixture.request(server, "/").build(), BodyHandlers.ofString());
    HttpFixture.await(streaming);

    server.close();

    assertThat(response.get(HttpFixture.SOON.toSeconds(), TimeUnit.SECONDS).body())
        .isEqualTo("bye");
    assertThatThrownBy(() -> new Socket("127.0.0.1", server.port()).close())
        .isInstanceOf(IOException.class);
  }
}
