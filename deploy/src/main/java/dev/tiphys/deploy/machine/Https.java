package dev.tiphys.deploy.machine;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.function.Predicate;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

/**
 * Asks servers of the cluster, trusting its authority and showing one client certificate. Safe for
 * use by many threads.
 */
public final class Https {
  private static final Duration CONNECT = Duration.ofSeconds(2);
  private static final Duration READ = Duration.ofSeconds(10);

  /** An answer; a connection that failed is a status of 0 with the reason as body. */
  public record Answer(int status, byte[] body) {
    public boolean ok() {
      return status == 200;
    }
  }

  private final SSLSocketFactory sockets;

  private Https(SSLSocketFactory sockets) {
    this.sockets = sockets;
  }

  /**
   * @param authority whose certificates are trusted
   * @param client shown to servers, with its key
   */
  public static Https with(X509Certificate authority, X509Certificate client, PrivateKey key)
      throws GeneralSecurityException, IOException {
    KeyStore trusted = empty();
    trusted.setCertificateEntry("authority", authority);
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    KeyStore own = empty();
    own.setKeyEntry("client", key, new char[0], new Certificate[] {client});
    var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(own, new char[0]);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return new Https(context.getSocketFactory());
  }

  private static KeyStore empty() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  /** GET, over TLS or in the clear as the address says. */
  public Answer get(URI address) {
    return ask("GET", address, new byte[0]);
  }

  /**
   * Reads the lines of an answer as they come, until one is what was waited for.
   *
   * @return whether it came before the answer ended
   * @throws IOException if there is no answer, a refusal, or nothing more for some seconds
   */
  public boolean awaitLine(URI address, Predicate<String> wanted) throws IOException {
    try (var lines =
        new BufferedReader(
            new InputStreamReader(open("GET", address).getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (wanted.test(line)) {
          return true;
        }
      }
      return false;
    }
  }

  private HttpURLConnection open(String method, URI address) throws IOException {
    var connection = (HttpURLConnection) address.toURL().openConnection();
    if (connection instanceof HttpsURLConnection secure) {
      secure.setSSLSocketFactory(sockets);
    }
    connection.setConnectTimeout((int) CONNECT.toMillis());
    connection.setReadTimeout((int) READ.toMillis());
    connection.setRequestMethod(method);
    connection.setRequestProperty("Accept", "application/json, */*");
    return connection;
  }

  /** A request with a JSON body; an empty body is not sent. */
  public Answer ask(String method, URI address, byte[] body) {
    try {
      HttpURLConnection connection = open(method, address);
      if (body.length > 0) {
        connection.setDoOutput(true);
        connection.setRequestProperty("Content-Type", "application/json");
        connection.getOutputStream().write(body);
      }
      int status = connection.getResponseCode();
      try (var in = status >= 400 ? connection.getErrorStream() : connection.getInputStream()) {
        return new Answer(status, in == null ? new byte[0] : in.readAllBytes());
      }
    } catch (IOException unreachable) {
      return new Answer(
          0, String.valueOf(unreachable.getMessage()).getBytes(StandardCharsets.UTF_8));
    }
  }
}
