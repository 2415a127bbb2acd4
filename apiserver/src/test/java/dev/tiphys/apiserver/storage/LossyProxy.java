package dev.tiphys.apiserver.storage;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
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
  private volatile Loss loss = new Loss();

  /** What is lost of the connections between one break and the next. */
  private static final class Loss {
    final StringBuffer lostRequests = new StringBuffer();
    volatile boolean ofRequests;
    volatile boolean ofAnswers;
  }

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
    loss.ofRequests = true;
  }

  /** From now on nobody hears the store. */
  void loseAnswers() {
    loss.ofAnswers = true;
  }

  /** Whether a request with this text in it was lost. */
  boolean lost(String text) {
    return loss.lostRequests.indexOf(text) >= 0;
  }

  /** Breaks all connections; those that come after it lose nothing. */
  void breakConnections() throws IOException {
    loss = new Loss();
    for (Socket socket : open) {
      socket.close();
    }
  }

  private void listen() {
    try {
      while (true) {
        connect(listening.accept());
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private void connect(Socket client) throws IOException {
    try {
      Socket server = new Socket(store.getHost(), store.getPort());
      open.add(client);
      open.add(server);
      Loss own = loss;
      threads.execute(() -> pass(client, server, own, true));
      threads.execute(() -> pass(server, client, own, false));
    } catch (ConnectException e) {
      // The store has only just started, and does not listen yet: whoever calls tries again.
      client.close();
    }
  }

  private void pass(Socket from, Socket to, Loss own, boolean requests) {
    byte[] some = new byte[8192];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int length = in.read(some); length >= 0; length = in.read(some)) {
        if (requests && own.ofRequests) {
          own.lostRequests.append(new String(some, 0, length, ISO_8859_1));
        } else if (requests || !own.ofAnswers) {
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
