package dev.tiphys.apiserver.outbound;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.tiphys.apiserver.http.Headers;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * One connection for requests in HTTP/1.1 over TLS, one after the other. Always to be closed; not
 * thread-safe.
 */
public final class Connection implements AutoCloseable {

  private static final Set<String> OURS = Set.of("host", "content-length", "transfer-encoding");

  private final Destination destination;
  private final SSLSocket socket;
  private final InputStream in;

  /** The other side closed the connection before it said anything to a request. */
  static final class StaleException extends IOException {
    private static final long serialVersionUID = 1L;

    StaleException(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  private Connection(Destination destination, SSLSocket socket) throws IOException {
    this.destination = destination;
    this.socket = socket;
    this.in = new BufferedInputStream(socket.getInputStream(), Limits.BUFFER_BYTES);
  }

  /**
   * Connects.
   *
   * @param verifies whether the certificate must be for the destination's server name
   * @param atMost for each wait: to connect, for the handshake, for what the other side says
   * @throws IOException if that fails, in words for the client
   */
  public static Connection open(
      Destination destination, SSLContext tls, boolean verifies, Duration atMost)
      throws IOException {
    Socket plain = new Socket();
    try {
      plain.setTcpNoDelay(true);
      int patience = millis(atMost);
      plain.connect(
          new InetSocketAddress(destination.host(), destination.port()),
          (int) Math.min(patience, Limits.CONNECT_TIMEOUT.toMillis()));
      plain.setSoTimeout(patience);
      SSLSocket socket =
          (SSLSocket)
              tls.getSocketFactory()
                  .createSocket(plain, destination.serverName(), destination.port(), true);
      if (verifies) {
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
      }
      socket.startHandshake();
      return new Connection(destination, socket);
    } catch (IOException | RuntimeException e) {
      plain.close();
      String message = String.valueOf(e.getMessage());
      String where = destination.host() + ":" + destination.port();
      throw new IOException(
          message.equals("Connection refused")
              ? "dial tcp " + where + ": connect: connection refused"
              : message,
          e);
    }
  }

  /**
   * Sends a request and reads the beginning of the answer.
   *
   * @param headers but for Host and what frames the body
   */
  public OutboundResponse request(String method, String pathAndQuery, Headers headers, byte[] body)
      throws IOException {
    StringBuilder head = new StringBuilder(512);
    head.append(method).append(' ').append(pathAndQuery).append(" HTTP/1.1\r\n");
    head.append("Host: ").append(destination.authority()).append("\r\n");
    headers.forEach((name, value) -> {
      if (!OURS.contains(name.toLowerCase(Locale.ROOT))) {
        head.append(name).append(": ").append(value).append("\r\n");
      }
    });
    boolean bodiless = body.length == 0 && (method.equals("GET") || method.equals("HEAD"));
    if (!bodiless) {
      head.append("Content-Length: ").append(body.length).append("\r\n");
    }
    head.append("\r\n");
    begin(head.toString().getBytes(ISO_8859_1), body);
    return OutboundResponse.read(in);
  }

  private void begin(byte[] head, byte[] body) throws IOException {
    try {
      OutputStream out = socket.getOutputStream();
      out.write(head);
      out.write(body);
      out.flush();
      in.mark(1);
      if (in.read() < 0) {
        throw new StaleException("EOF", null);
      }
      in.reset();
    } catch (InterruptedIOException | StaleException e) {
      throw e;
    } catch (IOException e) {
      throw new StaleException(String.valueOf(e.getMessage()), e);
    }
  }

  private static int millis(Duration atMost) {
    return (int) Math.min(Integer.MAX_VALUE, Math.max(1, atMost.toMillis()));
  }

  /** How long each wait may take from now on. */
  void patience(Duration atMost) throws IOException {
    try {
      socket.setSoTimeout(millis(atMost));
    } catch (SocketException e) {
      throw new StaleException(String.valueOf(e.getMessage()), e);
    }
  }

  /** Waits for the other side as long as it takes, from now on. */
  public void waitForever() throws IOException {
    socket.setSoTimeout(0);
  }

  /** Where bytes go after a change of protocols. */
  public OutputStream output() throws IOException {
    return socket.getOutputStream();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
