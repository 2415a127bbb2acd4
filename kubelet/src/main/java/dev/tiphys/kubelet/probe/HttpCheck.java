package dev.tiphys.kubelet.probe;

import dev.tiphys.api.core.v1.HTTPGetAction;
import dev.tiphys.api.core.v1.HTTPHeader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.OptionalInt;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Asks by HTTP: any status from 200 to 399 is good. One connection a question, and only the
 * answer's first line is read, so that a container cannot make the kubelet read on. Redirects are
 * taken as good, as they are within 200 to 399, and not followed.
 */
final class HttpCheck {

  private static final int MAX_LINE_BYTES = 4096;
  private static final String USER_AGENT = "kube-probe/1.36";

  private HttpCheck() {}

  static Answer ask(HTTPGetAction action, Target target, Duration timeout) {
    OptionalInt port = target.port(action.port());
    if (port.isEmpty()) {
      return new Answer.Unasked("the container has no port " + action.port());
    }
    boolean https = "HTTPS".equalsIgnoreCase(action.scheme());
    String host = orElse(action.host(), target.podIp());
    String path = orElse(action.path(), "/");
    String url = (https ? "https" : "http") + "://" + host + ":" + port.getAsInt() + path;
    try (Socket socket = connect(host, port.getAsInt(), timeout)) {
      Socket stream = https ? tls(socket, host, port.getAsInt()) : socket;
      stream
          .getOutputStream()
          .write(
              request(action, host, port.getAsInt(), path).getBytes(StandardCharsets.ISO_8859_1));
      return judge(stream.getInputStream(), url);
    } catch (SocketTimeoutException e) {
      return new Answer.Bad(
          "Get \""
              + url
              + "\": context deadline exceeded (Client.Timeout exceeded while awaiting headers)");
    } catch (IOException e) {
      return new Answer.Bad("Get \"" + url + "\": " + TcpCheck.describe(e, host, port.getAsInt()));
    }
  }

  private static Socket connect(String host, int port, Duration timeout) throws IOException {
    Socket socket = new Socket();
    try {
      socket.setSoTimeout((int) timeout.toMillis());
      socket.connect(new InetSocketAddress(host, port), (int) timeout.toMillis());
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  private static String request(HTTPGetAction action, String host, int port, String path) {
    StringBuilder head = new StringBuilder("GET ").append(path).append(" HTTP/1.1\r\n");
    boolean hasHost = false;
    boolean hasAgent = false;
    boolean hasAccept = false;
    for (HTTPHeader header : action.httpHeaders()) {
      String name = orElse(header.name(), "");
      hasHost |= name.equalsIgnoreCase("Host");
      hasAgent |= name.equalsIgnoreCase("User-Agent");
      hasAccept |= name.equalsIgnoreCase("Accept");
      head.append(name).append(": ").append(orElse(header.value(), "")).append("\r\n");
    }
    if (!hasHost) {
      head.append("Host: ").append(host).append(':').append(port).append("\r\n");
    }
    if (!hasAgent) {
      head.append("User-Agent: ").append(USER_AGENT).append("\r\n");
    }
    if (!hasAccept) {
      head.append("Accept: */*\r\n");
    }
    return head.append("Connection: close\r\n\r\n").toString();
  }

  private static Answer judge(InputStream in, String url) throws IOException {
    String statusLine = line(in);
    String[] parts = statusLine.split(" ", 3);
    if (parts.length < 2 || !parts[0].startsWith("HTTP/") || !parts[1].matches("[1-9][0-9]{2}")) {
      return new Answer.Bad("Get \"" + url + "\": malformed HTTP response \"" + statusLine + "\"");
    }
    int status = Integer.parseInt(parts[1]);
    if (status >= 200 && status < 400) {
      return new Answer.Good();
    }
    return new Answer.Bad("HTTP probe failed with statuscode: " + status);
  }

  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b >= 0 && b != '\n' && line.size() < MAX_LINE_BYTES; b = in.read()) {
      line.write(b);
    }
    if (line.size() == 0) {
      throw new IOException("EOF");
    }
    return line.toString(StandardCharsets.ISO_8859_1).strip();
  }

  private static Socket tls(Socket socket, String host, int port) throws IOException {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {new AnyCertificate()}, new SecureRandom());
      return context.getSocketFactory().createSocket(socket, host, port, true);
    } catch (GeneralSecurityException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private static String orElse(@Nullable String text, String otherwise) {
    return text == null || text.isEmpty() ? otherwise : text;
  }

  /**
   * The API says that HTTPS probes do not verify certificates: a pod's own is mostly self-signed.
   */
  private static final class AnyCertificate implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
