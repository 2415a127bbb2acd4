package dev.tiphys.apiserver.http;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * A process of its own that opens connections and then does nothing: as many files as both ends
 * have, one process may not have. Needs nothing but the JDK.
 */
final class ManyConnections implements AutoCloseable {

  private static final int HANDSHAKES_AT_ONCE = 16;

  private final Process process;

  private ManyConnections(Process process) {
    this.process = process;
  }

  /**
   * Opens connections; returns when they are open.
   *
   * @param http2 that speak HTTP/2 and ask nothing
   * @param halfHeads that stop in the midst of a request's head
   * @param silent that do not even begin the TLS handshake
   */
  static ManyConnections open(int port, int http2, int halfHeads, int silent) throws IOException {
    String classes =
        Path.of(ManyConnections.class.getProtectionDomain().getCodeSource().getLocation().getPath())
            .toString();
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx1g",
                "-cp",
                classes,
                ManyConnections.class.getName()));
    for (int argument : new int[] {port, http2, halfHeads, silent}) {
      command.add(Integer.toString(argument));
    }
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    ManyConnections opened = new ManyConnections(process);
    String said = process.inputReader(StandardCharsets.UTF_8).readLine();
    if (!"open".equals(said)) {
      opened.close();
      throw new IOException("the connections were not opened: " + said);
    }
    return opened;
  }

  /** Ends the process, and with it all connections, without a word to the server. */
  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }

  /** The process. */
  public static void main(String... args) throws Exception {
    int port = Integer.parseInt(args[0]);
    int http2 = Integer.parseInt(args[1]);
    int halfHeads = Integer.parseInt(args[2]);
    int silent = Integer.parseInt(args[3]);
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(null, new TrustManager[] {new Anybody()}, null);
    List<Socket> open = new ArrayList<>();
    Semaphore room = new Semaphore(HANDSHAKES_AT_ONCE);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Socket>> secured = new ArrayList<>();
      for (int i = 0; i < http2 + halfHeads; i++) {
        boolean speaksHttp2 = i < http2;
        room.acquire();
        secured.add(
            threads.submit(() -> {
              try {
                return secured(tls, port, speaksHttp2);
              } finally {
                room.release();
              }
            }));
      }
      for (Future<Socket> one : secured) {
        open.add(one.get());
      }
    }
    for (int i = 0; i < silent; i++) {
      open.add(connected(new Socket(), port));
    }
    System.out.println("open");
    new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
    System.out.println(open.size());
  }

  private static <S extends Socket> S connected(S socket, int port) throws IOException {
    socket.connect(new InetSocketAddress("127.0.0.1", port));
    return socket;
  }

  private static Socket secured(SSLContext tls, int port, boolean http2) throws IOException {
    SSLSocket socket = connected((SSLSocket) tls.getSocketFactory().createSocket(), port);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setApplicationProtocols(new String[] {http2 ? "h2" : "http/1.1"});
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    byte[] start =
        http2
            // The preface and empty SETTINGS.
            ? ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + "\0\0\0\4\0\0\0\0\0")
                .getBytes(StandardCharsets.ISO_8859_1)
            : "GET /half HTTP/1.1\r\nHost".getBytes(StandardCharsets.ISO_8859_1);
    socket.getOutputStream().write(start);
    socket.getOutputStream().flush();
    return socket;
  }

  /** It is the server that is tested. */
  private static final class Anybody implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String kind) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String kind) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
