package dev.tiphys.apiserver.outbound;

import dev.tiphys.apiserver.configfile.ConfigFileException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A webhook that a flag names by a kubeconfig. Thread-safe; blocks. */
public final class Remote {

  /** The value of {@code Authorization}, which may change. */
  @FunctionalInterface
  interface Secret {
    String get() throws IOException;
  }

  /** It answered, but not with 200 or 201. */
  public static final class StatusException extends IOException {
    private static final long serialVersionUID = 1L;
    private final int status;

    StatusException(int status, String message) {
      super(message);
      this.status = status;
    }

    /** The status, as 500. */
    public int status() {
      return status;
    }

    /** Whether asking again may help. */
    public boolean passing() {
      return status == 500 || status == 504 || status == 429;
    }
  }

  private final Peer peer;
  private final @Nullable Secret authorization;

  Remote(Peer peer, @Nullable Secret authorization) {
    this.peer = peer;
    this.authorization = authorization;
  }

  /**
   * The webhook that a file names.
   *
   * @throws ConfigFileException if it cannot be read or used
   */
  public static Remote of(Path kubeconfig) throws ConfigFileException {
    return Kubeconfig.read(kubeconfig);
  }

  /** Where it is. */
  public String url() {
    return peer.destination().url();
  }

  /**
   * Posts a document in JSON.
   *
   * @param atMost how long the answer may take
   * @return the answer's body
   * @throws IOException if there is no answer, or it is none of success
   */
  public byte[] post(ConnectionPool pool, byte[] json, Duration atMost) throws IOException {
    Secret secret = authorization;
    ConnectionPool.Answer answer;
    try {
      answer =
          pool.postJson(peer, "kube-apiserver", secret == null ? null : secret.get(), json, atMost);
    } catch (IOException e) {
      throw new IOException(
          "Post \""
              + url()
              + (url().contains("?") ? "&" : "?")
              + "timeout="
              + atMost.toSeconds()
              + "s\": "
              + e.getMessage(),
          e);
    }
    if (answer.status() < 200 || answer.status() > 206) {
      throw new StatusException(
          answer.status(),
          "the server responded with the status code "
              + answer.status()
              + " but did not return"
              + " more information");
    }
    return answer.body();
  }
}
