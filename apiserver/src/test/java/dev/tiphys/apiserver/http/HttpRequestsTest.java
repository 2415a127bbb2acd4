package dev.tiphys.apiserver.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.zip.GZIPInputStream;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a handler sees of a request, and what a client gets of its answer. */
class HttpRequestsTest {

  @RegisterExtension final HttpFixture fixture = new HttpFixture();

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void theHandlerSeesTheRequestDecoded(HttpClient.Version version) throws Exception {
    BlockingQueue<String> seen = new LinkedBlockingQueue<>();
    HttpServer server =
        fixture.serve(
            fixture.certificates().serverFiles(),
            exchange -> {
              seen.add(exchange.method());
              seen.add(exchange.rawPath());
              seen.add(exchange.path());
              seen.add(exchange.query().all("labelSelector").toString());
              seen.add(exchange.headers().firstOr("x-mark", ""));
              seen.add(exchange.protocol());
              exchange.respond(200, HttpFixture.TEXT, exchange.readBody(100));
            });

    HttpResponse<String> response =
        fixture
            .client(version, null)
            .send(
                HttpFixture.request(server, "/api/a%2Fb?labelSelector=a%3Db&labelSelector=c+d")
                    .header("X-Mark", "m")
                    .POST(BodyPublishers.ofString("hello"))
                    .build(),
                BodyHandlers.ofString());

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEqualTo("hello");
    assertThat(seen)
        .containsExactly(
            "POST",
            "/api/a%2Fb",
            "/api/a/b",
            "[a=b, c d]",
            "m",
            version == HttpClient.Version.HTTP_2 ? "HTTP/2.0" : "HTTP/1.1");
  }

  @Test
  void aClientCertificateOfTheCaIsShownToTheHandler() throws Exception {
    HttpServer server =
        fixture.serve(
            fixture.certificates().serverFiles(),
            exchange ->
                exchange.respond(
                    200,
                    HttpFixture.TEXT,
                    exchange
                        .peerCertificates()
                        .getFirst()
                        .getSubjectX500Principal()
                        .getName()
                        .getBytes(UTF_8)));

    String body =
        fixture
            .client(HttpClient.Version.HTTP_2, "client")
            .send(HttpFixture.request(server, "/").build(), BodyHandlers.ofString())
            .body();

    assertThat(body).contains("CN=alice").contains("O=testers");
  }

  @Test
  void aClientCertificateOfAnotherCaIsRefused() throws Exception {
    HttpServer server =
        fixture.serve(fixture.certificates().serverFiles(), e -> e.respond(200, HttpFixture.TEXT));
    try (Socket socket =
        fixture
            .certificates()
            .clientContext("stranger")
            .getSocketFactory()
            .createSocket("127.0.0.1", server.port())) {
      socket.setSoTimeout((int) HttpFixture.SOON.toMillis());
      socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(ISO_8859_1));

      assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SSLException.class);
    }
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void aBodyOverTheLimitIsATypedErrorAndTheConnectionGoesOn(HttpClient.Version version)
      throws Exception {
    HttpServer server =
        fixture.serve(
            fixture.certificates().serverFiles(),
            exchange -> {
              try {
                exchange.respond(200, HttpFixture.TEXT, exchange.readBody(1000));
              } catch (BodyTooLargeException e) {
                exchange.respond(413, HttpFixture.TEXT, String.valueOf(e.limit()).getBytes(UTF_8));
              }
            });
    HttpClient client = fixture.client(version, null);

    HttpResponse<String> tooLarge =
        client.send(
            HttpFixture.request(server, "/")
                .POST(BodyPublishers.ofByteArray(HttpFixture.bytes(5000)))
                .build(),
            BodyHandlers.ofString());
    HttpResponse<String> next =
        client.send(
            HttpFixture.request(server, "/").POST(BodyPublishers.ofString("ok")).build(),
            BodyHandlers.ofString());

    assertThat(tooLarge.statusCode()).isEqualTo(413);
    assertThat(tooLarge.body()).isEqualTo("1000");
    assertThat(next.body()).isEqualTo("ok");
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void largeBodiesPassBothWaysPiecewise(HttpClient.Version version) throws Exception {
    HttpServer server =
        fixture.serve(
            fixture.certificates().serverFiles(),
            exchange -> {
              byte[] body = exchange.body().readAllBytes();
              exchange.respond(200, HttpFixture.TEXT, Collections.nCopies(8, body));
            });

    byte[] answer =
        fixture
            .client(version, null)
            .send(
                HttpFixture.request(server, "/")
                    .POST(BodyPublishers.ofByteArray(HttpFixture.bytes(3_000_000)))
                    .build(),
                BodyHandlers.ofByteArray())
            .body();

    assertThat(answer).hasSize(24_000_000);
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void aLargeBodyIsCompressedForWhoAcceptsIt(HttpClient.Version version) throws Exception {
    HttpServer server =
        fixture.serve(
            fixture.certificates().serverFiles(),
            exchange -> {
              List<byte[]> segments = Collections.nCopies(300, HttpFixture.bytes(1000));
              if (exchange.path().equals("/list")) {
                exchange.respond(200, HttpFixture.TEXT, segments);
              } else {
                exchange.respondStreaming(200, HttpFixture.TEXT, segments.iterator());
              }
            });
    HttpClient client = fixture.client(version, null);

    for (String path : List.of("/list", "/streamed")) {
      HttpResponse<byte[]> response =
          client.send(
              HttpFixture.request(server, path).header("Accept-Encoding", "gzip").build(),
              BodyHandlers.ofByteArray());

      assertThat(response.headers().firstValue("Content-Encoding")).contains("gzip");
      assertThat(response.body().length).isLessThan(10_000);
      try (InputStream plain =
          new GZIPInputStream(new java.io.ByteArrayInputStream(response.body()))) {
        assertThat(plain.readAllBytes()).hasSize(300_000);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void headGetsTheHeadersAlone(HttpClient.Version version) throws Exception {
    HttpServer server =
        fixture.serve(
            fixture.certificates().serverFiles(),
            exchange -> exchange.respond(200, HttpFixture.TEXT, HttpFixture.bytes(10)));

    HttpResponse<String> response =
        fixture
            .client(version, null)
            .send(HttpFixture.request(server, "/").HEAD().build(), BodyHandlers.ofString());

    assertThat(response.headers().firstValue("Content-Length")).contains("10");
    assertThat(response.body()).isEmpty();
  }

  @Test
  void aHandlerThatFailsIsA500() throws Exception {
    HttpServer server =
        fixture.serve(
            fixture.certificates().serverFiles(),
            _ -> {
              throw new IllegalStateException("expected in this test");
            });

    assertThat(
            fixture
                .client(HttpClient.Version.HTTP_2, null)
                .send(HttpFixture.request(server, "/").build(), BodyHandlers.ofString())
                .statusCode())
        .isEqualTo(500);
  }

  @Test
  void evenAnErrorInAHandlerLeavesNoClientWaiting() throws Exception {
    HttpServer server =
        fixture.serve(
            fixture.certificates().serverFiles(),
            _ -> {
              throw new StackOverflowError("expected in this test");
            });

    assertThat(
            fixture
                .client(HttpClient.Version.HTTP_1_1, null)
                .send(HttpFixture.request(server, "/").build(), BodyHandlers.ofString())
                .statusCode())
        .isEqualTo(500);
  }
}
