package dev.tiphys.apiserver.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.Socket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** HTTP/1.1 byte by byte: order, limits, and what is no request. */
class Http1BytesTest {

  @RegisterExtension final HttpFixture fixture = new HttpFixture();

  @Test
  void requestsSentAheadAreAnsweredInOrder() throws Exception {
    HttpServer server =
        fixture.serve(
            null,
            exchange -> exchange.respond(200, HttpFixture.TEXT, exchange.path().getBytes(UTF_8)));

    String answers =
        HttpFixture.raw(
            server,
            "GET /1 HTTP/1.1\r\nHost: x\r\n\r\n"
                + "POST /2 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
                + "GET /3 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

    assertThat(answers).containsSubsequence("/1", "/2", "/3").contains("Connection: close");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nonsense\r\n\r\n",
        "GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET nowhere HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nBad Name: 1\r\n\r\n"
      })
  void whatIsNoRequestGets400AndAClosedConnection(String text) throws Exception {
    HttpServer server =
        fixture.serve(
            null, exchange -> exchange.respond(200, HttpFixture.TEXT, exchange.readBody(10)));

    assertThat(HttpFixture.raw(server, text)).startsWith("HTTP/1.1 400 ");
  }

  @Test
  void tooLongHeadersGet431() throws Exception {
    HttpServer server = fixture.serve(null, exchange -> exchange.respond(200, HttpFixture.TEXT));

    String text = "GET / HTTP/1.1\r\nHost: x\r\nA: " + "a".repeat(1_100_000) + "\r\n\r\n";

    assertThat(HttpFixture.raw(server, text)).startsWith("HTTP/1.1 431 ");
  }

  @Test
  void aClientThatWaitsToSendItsBodyIsToldToGoOn() throws Exception {
    HttpServer server =
        fixture.serve(
            null, exchange -> exchange.respond(200, HttpFixture.TEXT, exchange.readBody(10)));
    try (Socket socket = new Socket("127.0.0.1", server.port())) {
      socket
          .getOutputStream()
          .write(
              "POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
                  .getBytes(ISO_8859_1));
      byte[] goOn = socket.getInputStream().readNBytes("HTTP/1.1 100 Continue\r\n\r\n".length());
      socket.getOutputStream().write("ok".getBytes(ISO_8859_1));
      byte[] answer = socket.getInputStream().readNBytes("HTTP/1.1 200 OK".length());

      assertThat(new String(goOn, ISO_8859_1)).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
      assertThat(new String(answer, ISO_8859_1)).isEqualTo("HTTP/1.1 200 OK");
    }
  }
}
