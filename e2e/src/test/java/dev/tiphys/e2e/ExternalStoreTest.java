package dev.tiphys.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * API servers before a store that somebody else runs, with the flags of docs/store.md: TLS on every
 * connection, and a certificate asked of every client.
 */
class ExternalStoreTest {

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Path ETCD = Path.of("/usr/bin/etcd");
  private static final Path ETCDCTL = Path.of("/usr/bin/etcdctl");
  private static final Duration SOON = Duration.ofSeconds(120);
  private static final String MAPS = "/api/v1/namespaces/default/configmaps";
  private static final int QUOTA = 64 << 20;
  private static final int LARGE = 500_000;

  @TempDir Path folder;
  private final List<Process> all = new ArrayList<>();
  private Certificates certificates;
  private HttpClient http;

  @BeforeEach
  void prepare() throws Exception {
    assumeTrue(Files.isExecutable(ETCD), "no /usr/bin/etcd: apt-get install etcd-server");
    assumeTrue(Files.isExecutable(ETCDCTL), "no /usr/bin/etcdctl: apt-get install etcd-client");
    certificates = Certificates.in(folder.resolve("pki"));
    http = HttpClient.newBuilder().sslContext(certificates.trusting()).build();
  }

  @AfterEach
  void stop() {
    http.close();
    all.forEach(Process::destroyForcibly);
    all.forEach(process -> process.onExit().join());
  }

  @Test
  void anEtcdThatAsksForCertificatesKeepsTheObjectsOfTwoServers() throws Exception {
    Member etcd = new Member("etcd", freePort(), freePort());
    start(List.of(ETCD.toString()), etcd, List.of(etcd));
    String one = apiServer(List.of(etcd), "--etcd-compaction-interval=1s");
    String other = apiServer(List.of(etcd), "--etcd-compaction-interval=1s");

    assertThat(send(one, "POST", MAPS, map("a", "1")).statusCode()).isEqualTo(201);
    await().atMost(SOON).until(() -> read(other, "a").contains("\"value\":\"1\""));
    assertThat(send(other, "PUT", MAPS + "/a", map("a", "2")).statusCode()).isEqualTo(200);
    await().atMost(SOON).until(() -> read(one, "a").contains("\"value\":\"2\""));

    assertThat(etcdctl(etcd, "get", "--keys-only", "/registry/configmaps/default/a").orThrow())
        .contains("/registry/configmaps/default/a");
    assertThat(stranger(etcd, "get", "a").exitCode()).as("without a certificate").isNotZero();
    awaitCompaction(etcd);
  }

  @Test
  void threeMembersElsewhereServeUntilOneOfThemIsLost() throws Exception {
    List<Member> members =
        IntStream.rangeClosed(1, 3)
            .mapToObj(i -> new Member("m" + i, freePort(), freePort()))
            .toList();
    List<Process> processes = new ArrayList<>();
    for (Member member : members) {
      processes.add(start(store(), member, members));
    }
    String server = apiServer(members, "--etcd-compaction-interval=1s");
    assertThat(send(server, "POST", MAPS, map("a", "1")).statusCode()).isEqualTo(201);
    awaitCompaction(members.getFirst());

    processes.getFirst().destroyForcibly().onExit().join();

    await()
        .atMost(SOON)
        .ignoreExceptions()
        .until(() -> send(server, "PUT", MAPS + "/a", map("a", "2")).statusCode() == 200);
    assertThat(read(server, "a")).contains("\"value\":\"2\"");
    assertThat(stranger(members.getLast(), "get", "a").exitCode())
        .as("without a certificate")
        .isNotZero();
  }

  @Test
  void aStoreStaysWithinItsSpaceHoweverMuchIsWritten() throws Exception {
    Member member = new Member("m1", freePort(), freePort());
    start(store(), member, List.of(member), "--quota-backend-bytes=" + QUOTA);
    String server = apiServer(List.of(member), "--etcd-compaction-interval=1s");
    String large = "x".repeat(LARGE);
    assertThat(send(server, "POST", MAPS, map("a", large)).statusCode()).isEqualTo(201);

    for (int i = 0; i < 2 * QUOTA / LARGE; i++) {
      String next = i + large;
      // Refused while there is no space, until what the server has compacted is given back.
      await()
          .atMost(SOON)
          .until(() -> send(server, "PUT", MAPS + "/a", map("a", next)).statusCode() == 200);
    }
  }

  /** Revisions of the past are gone in time, for the API servers have them forgotten. */
  private void awaitCompaction(Member member) {
    await()
        .atMost(SOON)
        .until(() ->
            etcdctl(member, "get", "--rev=2", "a")
                .errors()
                .contains("etcdserver: mvcc: required revision has been compacted"));
    assertThat(etcdctl(member, "get", "--print-value-only", "compact_rev_key").orThrow().strip())
        .matches("\\d+");
  }

  /** Where a member is reached. */
  private record Member(String name, int clientPort, int peerPort) {

    String client() {
      return "https://127.0.0.1:" + clientPort;
    }

    String peer() {
      return "https://127.0.0.1:" + peerPort;
    }
  }

  private static List<String> store() {
    return List.of(ROOT.resolve("tiphys").toString(), "daemon", "store");
  }

  private Process start(List<String> program, Member member, List<Member> members, String... flags)
      throws IOException {
    List<String> command = new ArrayList<>(program);
    command.addAll(
        List.of(
            "--name=" + member.name(),
            "--data-dir=" + folder.resolve(member.name()),
            "--listen-client-urls=" + member.client(),
            "--advertise-client-urls=" + member.client(),
            "--listen-peer-urls=" + member.peer(),
            "--initial-advertise-peer-urls=" + member.peer(),
            members.stream()
                .map(each -> each.name() + "=" + each.peer())
                .collect(Collectors.joining(",", "--initial-cluster=", "")),
            "--cert-file=" + certificates.file("server.crt"),
            "--key-file=" + certificates.file("server.key"),
            "--trusted-ca-file=" + certificates.file("ca.crt"),
            "--client-cert-auth=true",
            "--peer-cert-file=" + certificates.file("server.crt"),
            "--peer-key-file=" + certificates.file("server.key"),
            "--peer-trusted-ca-file=" + certificates.file("ca.crt"),
            "--peer-client-cert-auth=true"));
    command.addAll(List.of(flags));
    return launch(member.name(), command);
  }

  /** Starts an API server, and waits until it is ready. */
  private String apiServer(List<Member> members, String... flags) throws Exception {
    int port = freePort();
    Path tokens = Files.writeString(folder.resolve("tokens.csv"), "t,admin,1,system:masters\n");
    List<String> command =
        new ArrayList<>(
            List.of(
                ROOT.resolve("tiphys").toString(),
                "daemon",
                "apiserver",
                members.stream()
                    .map(Member::client)
                    .collect(Collectors.joining(",", "--etcd-servers=", "")),
                "--etcd-cafile=" + certificates.file("ca.crt"),
                "--etcd-certfile=" + certificates.file("client.crt"),
                "--etcd-keyfile=" + certificates.file("client.key"),
                "--bind-address=127.0.0.1",
                "--secure-port=" + port,
                "--tls-cert-file=" + certificates.file("server.crt"),
                "--tls-private-key-file=" + certificates.file("server.key"),
                "--token-auth-file=" + tokens,
                "--authorization-mode=AlwaysAllow"));
    command.addAll(List.of(flags));
    launch("apiserver-" + port, command);
    String server = "https://127.0.0.1:" + port;
    await()
        .atMost(SOON)
        .ignoreExceptions()
        .until(() -> send(server, "GET", "/readyz", "").body().equals("ok"));
    return server;
  }

  private Process launch(String name, List<String> command) throws IOException {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve(name + ".log").toFile())
            .start();
    all.add(process);
    return process;
  }

  private HttpResponse<String> send(String server, String method, String path, String body)
      throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create(server + path))
            .header("Authorization", "Bearer t")
            .header("Content-Type", "application/json")
            .method(method, BodyPublishers.ofString(body))
            .build(),
        BodyHandlers.ofString());
  }

  private String read(String server, String name) throws Exception {
    return send(server, "GET", MAPS + "/" + name, "").body();
  }

  private static String map(String name, String value) {
    return "{\"metadata\":{\"name\":\"%s\"},\"data\":{\"value\":\"%s\"}}".formatted(name, value);
  }

  private Command.Result etcdctl(Member member, String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                ETCDCTL.toString(),
                "--endpoints=" + member.client(),
                "--cacert=" + certificates.file("ca.crt"),
                "--cert=" + certificates.file("client.crt"),
                "--key=" + certificates.file("client.key")));
    command.addAll(List.of(arguments));
    return Command.run(Map.of("ETCDCTL_API", "3"), "", command);
  }

  /** etcdctl without a certificate. */
  private Command.Result stranger(Member member, String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                ETCDCTL.toString(),
                "--endpoints=" + member.client(),
                "--cacert=" + certificates.file("ca.crt"),
                "--command-timeout=2s"));
    command.addAll(List.of(arguments));
    return Command.run(Map.of("ETCDCTL_API", "3"), "", command);
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
