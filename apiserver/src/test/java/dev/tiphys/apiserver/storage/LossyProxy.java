package dev.tiphys.apiserver.storage;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Stands between an API server and its store, and loses what is said on its way. */
final class LossyProxy implements AutoCloseable {

  private final URI store;
  private final ServerSocket listening;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final StringBuffer lostRequests = new StringBuffer();
  private volatile boolean losesRequests;
  private volatile boolean losesAnswers;

  LossyProxy(URI store) throws IOException {
    this.store = store;
    this.listening = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
    threads.execute(this::listen);
  }

  URI endpoint() {
    return URI.create("http://127.0.0.1:" + listening.getLocalPort());
  }

  /** From now on the store hears nothing. */
  void loseRequests() {
    losesRequests = true;
  }

  /** From now on nobody hears the store. */
  void loseAnswers() {
    losesAnswers = true;
  }

  /** Whether a request with this text in it was lost. */
  boolean lost(String text) {
    return lostRequests.indexOf(text) >= 0;
  }

  /** Breaks all connections; those that come after it lose nothing. */
  void breakConnections() throws IOException {
    for (Socket socket : open) {
      socket.close();
    }
    losesRequests = false;
    losesAnswers = false;
    lostRequests.setLength(0);
  }

  private void listen() {
    try {
      while (true) {
        Socket client = listening.accept();
        Socket server = new Socket(store.getHost(), store.getPort());
        open.add(client);
        open.add(server);
        threads.execute(() -> pass(client, server, true));
        threads.execute(() -> pass(server, client, false));
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private void pass(Socket from, Socket to, boolean requests) {
    byte[] some = new byte[8192];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int length = in.read(some); length >= 0; length = in.read(some)) {
        if (requests && losesRequests) {
          lostRequests.append(new String(some, 0, length, ISO_8859_1));
        } else if (requests || !losesAnswers) {
          out.write(some, 0, length);
        }
      }
    } catch (IOException e) {
      // Broken, which is what it is for.
    } finally {
      open.remove(from);
      open.remove(to);
    }
  }

  @Override
  public void close() throws IOException {
    listening.close();
    breakConnections();
    threads.close();
  }
}
