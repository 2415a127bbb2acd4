package dev.tiphys.apiserver;

import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.api.codec.JsonTree.Obj;
import dev.tiphys.apiserver.http.TestCertificates;
import dev.tiphys.apiserver.storage.EtcdProcess;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import javax.net.ssl.SSLSocket;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** A server in this process, an etcd beside it, and clients that show tokens. */
final class TestApi implements AutoCloseable {

  static final String JSON = "application/json";

  private final Path folder;
  private final EtcdProcess etcd;
  private final boolean ownsEtcd;
  private final ApiServer server;
  private final HttpClient http;

  private TestApi(
      Path folder, EtcdProcess etcd, boolean ownsEtcd, ApiServer server, HttpClient http) {
    this.folder = folder;
    this.etcd = etcd;
    this.ownsEtcd = ownsEtcd;
    this.server = server;
    this.http = http;
  }

  static TestApi start(Path folder) throws Exception {
    return start(folder, _ -> {});
  }

  /** A server with other options. */
  static TestApi start(Path folder, Consumer<Options> change) throws Exception {
    return start(folder, EtcdProcess.start(folder), true, change);
  }

  /** Another server on the store of one. */
  static TestApi beside(TestApi one, Path folder, Consumer<Options> change) throws Exception {
    return start(folder, one.etcd, false, change);
  }

  private static TestApi start(
      Path folder, EtcdProcess etcd, boolean ownsEtcd, Consumer<Options> change) throws Exception {
    TestCertificates certificates = TestCertificates.in(folder);
    Options options = new Options();
    options.etcdServers = List.of(etcd.endpoint().toString());
    options.bindAddress = "127.0.0.1";
    options.securePort = 0;
    options.tlsCertificate = certificates.serverFiles().certificate();
    options.tlsKey = certificates.serverFiles().privateKey();
    options.clientCa = certificates.serverFiles().clientCa();
    options.authorizationModes = List.of("Node", "RBAC");
    options.serviceRanges = List.of("10.96.0.0/16");
    options.tokenFile = folder.resolve("tokens.csv");
    Files.writeString(
        options.tokenFile,
        "admin-token,admin,1,\"system:masters\"\njoe-token,joe,2,\"devs\"\n"
            + "node-token,system:node:n1,3,\"system:nodes\"\n");
    var keys = KeyPairGenerator.getInstance("EC");
    keys.initialize(256);
    var pair = keys.generateKeyPair();
    options.serviceAccountSigningKey =
        pem(folder.resolve("sa.key"), "PRIVATE KEY", pair.getPrivate().getEncoded());
    options.serviceAccountKeys =
        List.of(pem(folder.resolve("sa.pub"), "PUBLIC KEY", pair.getPublic().getEncoded()));
    options.serviceAccountIssuers = List.of("https://issuer.test");
    change.accept(options);
    HttpClient http =
        HttpClient.newBuilder()
            .sslContext(certificates.clientContext(null))
            .connectTimeout(Duration.ofSeconds(10))
            .build();
    TestApi api = new TestApi(folder, etcd, ownsEtcd, ApiServer.start(Config.of(options)), http);
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> api.as("admin-token").get("/readyz").code() == 200);
    return api;
  }

  private static Path pem(Path file, String label, byte[] der) throws IOException {
    return Files.writeString(
        file,
        "-----BEGIN "
            + label
            + "-----\n"
            + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
            + "\n-----END "
            + label
            + "-----\n");
  }

  /** Where its files are. */
  Path folder() {
    return folder;
  }

  /** A connection as it is, TLS but nothing else. */
  SSLSocket connection() throws IOException {
    SSLSocket socket =
        (SSLSocket) http.sslContext().getSocketFactory().createSocket("127.0.0.1", server.port());
    socket.setSoTimeout((int) Duration.ofSeconds(20).toMillis());
    socket.startHandshake();
    return socket;
  }

  Client admin() {
    return as("admin-token");
  }

  /** A client with a token, or with none. */
  Client as(@Nullable String token) {
    return new Client(token);
  }

  /** An answer. */
  record Answer(int code, String body, HttpResponse<?> response, byte[] bytes) {

    Obj json() {
      return (Obj) JsonTree.parse(body);
    }

    /** The text or number at a path; empty if there is nothing. */
    String at(String path) {
      JsonTree at = json();
      for (String name : path.split("\\.")) {
        at =
            switch (at) {
              case Obj object -> object.members().getOrDefault(name, JsonTree.Null.NULL);
              case JsonTree.Arr list when Integer.parseInt(name) < list.elements().size() ->
                  list.elements().get(Integer.parseInt(name));
              default -> JsonTree.Null.NULL;
            };
      }
      return switch (at) {
        case JsonTree.Text text -> text.value();
        case JsonTree.Null _ -> "";
        default -> at.toJson();
      };
    }

    String header(String name) {
      return response.headers().firstValue(name).orElse("");
    }
  }

  /** Asks as somebody. */
  final class Client {

    private final @Nullable String token;

    private Client(@Nullable String token) {
      this.token = token;
    }

    Answer get(String path, String... headers) {
      return send("GET", path, null, "", headers);
    }

    Answer post(String path, String body, String... headers) {
      return send("POST", path, JSON, body, headers);
    }

    Answer put(String path, String body) {
      return send("PUT", path, JSON, body);
    }

    Answer delete(String path, String body) {
      return send("DELETE", path, JSON, body);
    }

    Answer patch(String path, String kind, String body) {
      return send("PATCH", path, "application/" + kind, body);
    }

    Answer send(String method, String path, @Nullable String type, String body, String... headers) {
      return send(method, path, type, body.getBytes(StandardCharsets.UTF_8), headers);
    }

    Answer send(String method, String path, @Nullable String type, byte[] body, String... headers) {
      try {
        HttpResponse<byte[]> response =
            http.send(request(method, path, type, body, headers), BodyHandlers.ofByteArray());
        return new Answer(
            response.statusCode(),
            new String(response.body(), StandardCharsets.UTF_8),
            response,
            response.body());
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }

    /** Begins to ask over HTTP/2; to cancel is to reset the stream. */
    CompletableFuture<?> begin(String path) {
      return http.sendAsync(request("GET", path, null, new byte[0]), BodyHandlers.discarding());
    }

    /** An answer that goes on: a watch. */
    InputStream stream(String path, String... headers) throws Exception {
      return http.send(
              request("GET", path, null, new byte[0], headers), BodyHandlers.ofInputStream())
          .body();
    }

    /** A WebSocket whose messages are handed on. */
    WebSocket socket(String path, Consumer<String> messages, String... protocols) {
      WebSocket.Builder builder = http.newWebSocketBuilder();
      if (token != null) {
        builder.header("Authorization", "Bearer " + token);
      }
      if (protocols.length > 0) {
        builder.subprotocols(
            protocols[0], List.of(protocols).subList(1, protocols.length).toArray(String[]::new));
      }
      return builder
          .buildAsync(
              URI.create("wss://127.0.0.1:" + server.port() + path),
              new WebSocket.Listener() {
                private final StringBuilder message = new StringBuilder();

                @Override
                public @Nullable CompletionStage<?> onText(
                    WebSocket socket, CharSequence part, boolean last) {
                  message.append(part);
                  if (last) {
                    messages.accept(message.toString());
                    message.setLength(0);
                  }
                  socket.request(1);
                  return null;
                }
              })
          .join();
    }

    private HttpRequest request(
        String method, String path, @Nullable String type, byte[] body, String... headers) {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + server.port() + path))
              .timeout(Duration.ofSeconds(30))
              .method(
                  method,
                  body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
      if (token != null) {
        request.header("Authorization", "Bearer " + token);
      }
      if (type != null) {
        request.header("Content-Type", type);
      }
      for (int i = 0; i < headers.length; i += 2) {
        request.header(headers[i], headers[i + 1]);
      }
      return request.build();
    }
  }

  @Override
  public void close() throws Exception {
    server.close();
    http.close();
    if (ownsEtcd) {
      etcd.close();
    }
  }
}
