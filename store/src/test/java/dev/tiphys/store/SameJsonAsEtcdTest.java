package dev.tiphys.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same JSON to this store and to a real etcd gets the same answers, to the letter. Where the
 * etcd that Debian has, 3.4, differs from 3.5, the answer of 3.5 is made of it: errors were told in
 * another order, and a failed precondition was 412. Skipped where none is installed.
 */
class SameJsonAsEtcdTest {
  private static final Pattern OF_THE_SERVER =
      Pattern.compile("\"(cluster_id|member_id|raft_term)\":\"\\d+\",?");
  private static final Pattern OLD_ERROR =
      Pattern.compile("\\{\"error\":(\".*\"),\"message\":\\1,\"code\":(\\d+)}");

  @TempDir private Path directory = Path.of("");
  private AutoCloseable etcd = () -> {};
  private AutoCloseable store = () -> {};
  private Curl theirs = new Curl(1);
  private Curl ours = new Curl(1);

  @BeforeEach
  void begin() throws IOException {
    assumeTrue(RealEtcd.isInstalled(), RealEtcd.MISSING);
    var real = new RealEtcd(Files.createDirectory(directory.resolve("theirs")));
    var own = new TestStore(directory.resolve("ours"));
    etcd = real;
    store = own;
    theirs = new Curl(real.port());
    ours = new Curl(own.port());
    await()
        .atMost(Duration.ofSeconds(60))
        .ignoreExceptions()
        .until(() -> theirs.post("/v3/kv/range", "{\"key\":\"YQ==\"}").status() == 200);
  }

  @AfterEach
  void end() throws Exception {
    ours.close();
    theirs.close();
    store.close();
    etcd.close();
  }

  @Test
  void keysAndValues() throws Exception {
    same("/v3/kv/put", "{\"key\":\"YQ==\",\"value\":\"/wA+\"}");
    same("/v3/kv/put", "{\"key\":\"YQ==\",\"value\":\"\",\"prev_kv\":true}");
    same("/v3/kv/put", "{\"key\":\"YQ==\",\"ignoreValue\":true}");
    same("/v3/kv/put", "{\"key\":\"YQ==\",\"value\":\"YQ==\",\"ignore_value\":true}");
    same("/v3/kv/put", "{\"key\":\"YjI=\",\"lease\":\"77\"}");
    same("/v3/kv/put", "{}");
    same("/v3/kv/put", "{\"key\":\"YjI=\"}");
    same("/v3/kv/range", "{\"key\":\"YQ==\"}");
    same("/v3beta/kv/range", "{\"key\":\"YQ==\",\"range_end\":\"AA==\"}");
    same("/v3/kv/range?key=YQ==", "{}");
    same("/v3/kv/range", "{\"key\":\"AA==\",\"range_end\":\"AA==\",\"sort_order\":\"DESCEND\"}");
    same("/v3/kv/range", "{\"key\":\"AA==\",\"rangeEnd\":\"AA==\",\"limit\":1,\"keysOnly\":true}");
    same("/v3/kv/range", "{\"key\":\"AA==\",\"range_end\":\"AA==\",\"count_only\":true}");
    same("/v3/kv/range", "{\"key\":\"YQ==\",\"revision\":\"2\",\"serializable\":true}");
    same("/v3/kv/range", "{\"key\":\"YQ==\",\"revision\":1000}");
    same("/v3/kv/range", "");
    same("/v3/kv/range", "null");
    same(
        "/v3/kv/txn",
        """
        {"compare": [{"key": "YQ==", "target": "VERSION", "result": "GREATER", "version": "0"}],
         "success": [{"request_range": {"key": "YQ=="}},
                     {"requestPut": {"key": "Yw==", "value": "eA==", "prev_kv": true}},
                     {"request_delete_range": {"key": "YjI=", "prev_kv": true}},
                     {"request_txn": {"failure": [], "success": [{"request_range": {"key": "Yw=="}}]}}],
         "failure": [{"request_put": {"key": "bm8="}}]}
        """);
    same("/v3/kv/txn", "{\"compare\":[{\"key\":\"YQ==\",\"result\":3,\"mod_revision\":\"2\"}]}");
    same("/v3/kv/txn", "{}");
    same("/v3/kv/txn", "{\"success\":[{}]}");
    same("/v3/kv/deleterange", "{\"key\":\"YQ==\",\"range_end\":\"Yg==\",\"prev_kv\":true}");
    same("/v3/kv/deleterange", "{\"key\":\"YQ==\"}");
    same("/v3/kv/compaction", "{\"revision\":\"3\"}");
    same("/v3/kv/compaction", "{\"revision\":\"3\"}");
    same("/v3/kv/range", "{\"key\":\"YQ==\",\"revision\":\"2\"}");
  }

  @Test
  void whatIsNoRequestIsRefusedAlike() throws Exception {
    same("/v3/kv/put", "{\"key\":\"YQ==\"}");
    for (var text :
        List.of(
            "{",
            "garbage",
            "[]",
            "5",
            "\"x\"",
            "{\"key\":5}",
            "{\"key\":\"YQ\"}",
            "{\"key\":\"-_--\"}",
            "{\"key\":{}}",
            "{'key':'YQ=='}",
            "{\"key\":\"YQ==\",}",
            "{\"key\":\"YQ==\" \"limit\":1}",
            "{\"key\":\"YQ==\",\"limit\":\"x\"}",
            "{\"key\":\"YQ==\",\"limit\":\"\"}",
            "{\"key\":\"YQ==\",\"limit\":01}",
            "{\"key\":\"YQ==\",\"limit\":1.5}",
            "{\"key\":\"YQ==\",\"limit\":\"1e2\"}",
            "{\"key\":\"YQ==\",\"limit\":true}",
            "{\"key\":\"YQ==\",\"limit\":\"9223372036854775808\"}",
            "{\"key\":\"YQ==\",\"keys_only\":\"true\"}",
            "{\"key\":\"YQ==\",\"sort_order\":\"UP\"}")) {
      var expected = theirs.post("/v3/kv/range", text);
      var actual = ours.post("/v3/kv/range", text);
      assertThat(expected.status()).as(text).isEqualTo(400);
      assertThat(actual.status()).as(text).isEqualTo(400);
      // Each in its own words.
      assertThat(actual.body()).as(text).startsWith("{\"error\":\"").contains("\"code\":3,");
    }
    same("/v3/kv/range", "{\"key\":\"YQ==\"} and what follows is not looked at");
    same("/v3/kv/range", "{\"key\":\"YQ==\",\"unknown\":[{\"key\":\"Yg==\"}],\"limit\":null}");
    same("/v3/kv/range", "{\"key\":\"Yg==\",\"key\":\"YQ==\",\"sort_order\":2}");
    sameStatus("/v3/kv/txn", "{\"compare\":{}}", 400);
    same("/v3/kv/nothing", "{}");
    same("/v3/kv/range/", "{}");
    same("/v3/", "{}");
    same("/v3alpha/kv/range", "{}");
    for (var method : List.of("GET", "PUT", "DELETE", "HEAD", "OPTIONS")) {
      var expected = theirs.ask(method, "/v3/kv/range", "");
      assertThat(ours.ask(method, "/v3/kv/range", "")).as(method).isEqualTo(expected);
    }
  }

  @Test
  void largeOnesGoThroughAndTooLargeOnesDoNot() throws Exception {
    same("/v3/kv/put", put("Ymln", 1_000_000));
    same("/v3/kv/range", "{\"key\":\"Ymln\"}");
    same("/v3/kv/put", put("Ymln", 1_600_000));
    same("/v3/kv/put", put("Ymln", 2_900_000));
    // Past what is read at all the words differ, for etcd reads any length.
    assertThat(theirs.post("/v3/kv/put", put("Ymln", 6_000_000)).status()).isEqualTo(429);
    var refused = ours.post("/v3/kv/put", put("Ymln", 6_000_000));
    assertThat(refused.status()).isEqualTo(429);
    assertThat(refused.body()).contains("the body is longer than").contains("\"code\":8,");
  }

  @Test
  void leases() throws Exception {
    same("/v3/lease/grant", "{\"ID\":\"7\",\"TTL\":\"1000\"}");
    same("/v3/lease/grant", "{\"ID\":\"7\",\"TTL\":1000}");
    same("/v3/kv/put", "{\"key\":\"YQ==\",\"lease\":7}");
    same("/v3/lease/leases", "{}");
    same("/v3/kv/lease/leases", "");
    same("/v3/lease/keepalive", "{\"ID\":7}");
    same("/v3/lease/keepalive", "{\"ID\":7}\n{\"ID\":8}{\"ID\":\"7\"}");
    same("/v3/lease/keepalive", "{\"ID\":7} garbage");
    same("/v3/lease/keepalive", "");
    sameStatus("/v3/lease/keepalive", "garbage", 500);
    same("/v3/lease/timetolive", "{\"ID\":\"8\",\"keys\":true}");
    var left = ours.post("/v3/kv/lease/timetolive", "{\"ID\":\"7\",\"keys\":true}").body();
    assertThat(left).containsPattern("\"ID\":\"7\",\"TTL\":\"\\d+\",\"grantedTTL\":\"1000\"");
    assertThat(left).endsWith(",\"keys\":[\"YQ==\"]}");
    same("/v3/kv/lease/revoke", "{\"ID\":\"7\"}");
    same("/v3/lease/revoke", "{\"ID\":\"7\"}");
  }

  @Test
  void usersAndTheirTokens() throws Exception {
    same("/v3/auth/enable", "{}");
    same("/v3/auth/user/add", "{\"name\":\"root\",\"password\":\"r\"}");
    same("/v3/auth/user/add", "{\"name\":\"root\",\"password\":\"r\"}");
    same("/v3/auth/user/add", "{\"name\":\"é \\\"u\\\"\\t\\\\\",\"password\":\"u\"}");
    same("/v3/auth/role/add", "{\"name\":\"reader\"}");
    same(
        "/v3/auth/role/grant",
        "{\"name\":\"reader\",\"perm\":{\"permType\":\"READ\",\"key\":\"YQ==\",\"range_end\":\"Yg==\"}}");
    same(
        "/v3/auth/role/grant",
        "{\"name\":\"reader\",\"perm\":{\"permType\":\"READWRITE\",\"key\":\"eA==\"}}");
    same("/v3/auth/role/get", "{\"role\":\"reader\"}");
    same("/v3/auth/role/get", "{\"role\":\"none\"}");
    same("/v3/auth/user/grant", "{\"user\":\"é \\\"u\\\"\\t\\\\\",\"role\":\"reader\"}");
    same("/v3/auth/user/grant", "{\"user\":\"root\",\"role\":\"root\"}");
    same("/v3/auth/user/get", "{\"name\":\"root\"}");
    same("/v3/auth/authenticate", "{\"name\":\"root\",\"password\":\"r\"}");
    same("/v3/auth/enable", "{}");
    same("/v3/auth/user/list", "{}");
    same("/v3/kv/range", "{\"key\":\"YQ==\"}");
    same("/v3/auth/authenticate", "{\"name\":\"root\",\"password\":\"wrong\"}");
    sameWithTokens("root", "r", "/v3/auth/user/list", "{}");
    sameWithTokens("root", "r", "/v3/auth/role/list", "{}");
    var user = "é \\\"u\\\"\\t\\\\";
    sameWithTokens(user, "u", "/v3/kv/range", "{\"key\":\"YQ==\"}");
    sameWithTokens(user, "u", "/v3/kv/put", "{\"key\":\"YQ==\"}");
    sameWithTokens(user, "u", "/v3/kv/put", "{\"key\":\"eA==\"}");
    sameWithTokens(user, "u", "/v3/auth/user/list", "{}");
    same("/v3/kv/range", "{\"key\":\"YQ==\"}", "Authorization", "bogus");
    same("/v3/lock/lock", "{\"name\":\"YQ==\"}");
    sameWithTokens("root", "r", "/v3/auth/user/revoke", "{\"name\":\"root\",\"role\":\"root\"}");
    sameWithTokens("root", "r", "/v3/auth/role/delete", "{\"role\":\"reader\"}");
    sameWithTokens("root", "r", "/v3/auth/disable", "{}");
    same("/v3/kv/range", "{\"key\":\"eA==\"}");
  }

  @Test
  void watches() throws Exception {
    same("/v3/kv/put", "{\"key\":\"YQ==\",\"value\":\"MQ==\"}");
    same("/v3/kv/put", "{\"key\":\"YQ==\",\"value\":\"Mg==\"}");
    sameLines(
        "{\"create_request\":{\"key\":\"YQ==\",\"start_revision\":\"2\",\"prev_kv\":true}}",
        2,
        "/v3/kv/deleterange",
        "{\"key\":\"YQ==\"}",
        1);
    sameLines(
        "{\"create_request\":{\"key\":\"YQ==\",\"range_end\":\"Yg==\",\"filters\":[\"NOPUT\"]}}"
            + "{\"createRequest\":{\"key\":\"Yg==\",\"watch_id\":\"9\"}} {\"progress_request\":{}}",
        3,
        "/v3/kv/txn",
        "{\"success\":[{\"request_put\":{\"key\":\"YQ==\"}},{\"request_put\":{\"key\":\"Yg==\"}}]}",
        1);
    sameLines(
        "{\"create_request\":{\"key\":\"YQ==\"}}{\"cancel_request\":{\"watch_id\":\"0\"}} what else",
        2,
        "/v3/kv/put",
        "{\"key\":\"YQ==\"}",
        0);
    same("/v3/kv/compaction", "{\"revision\":\"4\"}");
    sameLines(
        "{\"create_request\":{\"key\":\"YQ==\",\"start_revision\":\"1\"}}",
        2,
        "/v3/kv/put",
        "{\"key\":\"YQ==\"}",
        0);
    sameStatus("/v3/watch", "garbage", 500);
  }

  @Test
  void locksAndElections() throws Exception {
    same("/v3/lease/grant", "{\"ID\":\"7\",\"TTL\":\"1000\"}");
    same("/v3/lock/lock", "{\"name\":\"bG9jaw==\",\"lease\":\"7\"}");
    same("/v3/lock/unlock", "{\"key\":\"" + Curl.base64("lock/7") + "\"}");
    same("/v3/lock/unlock", "{}");
    same("/v3/election/leader", "{\"name\":\"ZQ==\"}");
    same("/v3/election/campaign", "{\"name\":\"ZQ==\",\"lease\":\"7\",\"value\":\"MQ==\"}");
    same("/v3/election/leader", "{\"name\":\"ZQ==\"}");
    var leader =
        "\"leader\":{\"name\":\"ZQ==\",\"key\":\""
            + Curl.base64("e/7")
            + "\",\"rev\":\"4\",\"lease\":\"7\"}";
    same("/v3/election/proclaim", "{" + leader + ",\"value\":\"Mg==\"}");
    same("/v3/election/leader", "{\"name\":\"ZQ==\"}");
    try (var expected = theirs.lines("/v3/election/observe", "{\"name\":\"ZQ==\"}");
        var actual = ours.lines("/v3/election/observe", "{\"name\":\"ZQ==\"}")) {
      assertThat(common(actual.iterator().next())).isEqualTo(common(expected.iterator().next()));
    }
    same("/v3/election/resign", "{" + leader + "}");
    same("/v3/election/resign", "{}");
    same("/v3/election/proclaim", "{}");
  }

  @Test
  void membersAndMaintenance() throws Exception {
    same("/v3/cluster/member/add", "{}");
    same("/v3/cluster/member/remove", "{\"ID\":\"18446744073709551615\"}");
    same("/v3/cluster/member/update", "{\"ID\":5,\"peerURLs\":[\"http://127.0.0.1:1\"]}");
    same("/v3/cluster/member/promote", "{\"ID\":\"5\"}");
    same("/v3/maintenance/transfer-leadership", "{\"targetID\":\"5\"}");
    assertThat(ours.post("/v3/cluster/member/list", "{}").body())
        .containsPattern("\"members\":\\[\\{\"ID\":\"\\d+\",\"name\":\"default\",\"peerURLs\":\\[");
    assertThat(ours.post("/v3/maintenance/status", "{}").body())
        .containsPattern("\"version\":\"3\\.\\d+\\.\\d+\",\"dbSize\":\"\\d+\",\"leader\":\"\\d+\"");
    assertThat(ours.post("/v3/maintenance/hashkv", "{}").body()).containsPattern("\"hash\":\\d+");
    assertThat(ours.post("/v3/maintenance/alarm", "{\"action\":\"GET\"}").status()).isEqualTo(200);
    assertThat(ours.post("/v3/maintenance/defragment", "{}").status()).isEqualTo(200);
    assertThat(ours.post("/v3/auth/status", "{}").body()).contains("\"authRevision\":\"1\"");
  }

  private void same(String path, String body, String... headers) throws Exception {
    var expected = as35(theirs.post(path, body, headers));
    assertThat(common(ours.post(path, body, headers))).as("%s %s", path, body).isEqualTo(expected);
  }

  private void sameStatus(String path, String body, int status) throws Exception {
    assertThat(theirs.post(path, body).status()).as("%s %s", path, body).isEqualTo(status);
    assertThat(ours.post(path, body).status()).as("%s %s", path, body).isEqualTo(status);
  }

  private void sameWithTokens(String user, String password, String path, String body)
      throws Exception {
    var login = "{\"name\":\"" + user + "\",\"password\":\"" + password + "\"}";
    var expected = as35(theirs.post(path, body, "Authorization", token(theirs, login)));
    var token = token(ours, login);
    assertThat(common(ours.post(path, body, "Grpc-Metadata-Token", token)))
        .as("%s %s", path, body)
        .isEqualTo(expected);
  }

  private static String token(Curl curl, String login) throws Exception {
    var body = curl.post("/v3/auth/authenticate", login).body();
    int from = body.indexOf("\"token\":\"") + 9;
    return body.substring(from, body.indexOf('"', from));
  }

  /** So many lines before something is written, and so many after it. */
  private void sameLines(String watch, int before, String path, String write, int after)
      throws Exception {
    try (var expected = theirs.lines("/v3/watch", watch);
        var actual = ours.lines("/v3/watch", watch)) {
      var theirLines = expected.iterator();
      var ourLines = actual.iterator();
      for (int i = 0; i < before; i++) {
        assertThat(common(ourLines.next())).isEqualTo(common(theirLines.next()));
      }
      same(path, write);
      for (int i = 0; i < after; i++) {
        assertThat(common(ourLines.next())).isEqualTo(common(theirLines.next()));
      }
    }
  }

  private static String put(String key, int length) {
    var value = Base64.getEncoder().encodeToString(new byte[length]);
    return "{\"key\":\"" + key + "\",\"value\":\"" + value + "\"}";
  }

  private static Curl.Reply as35(Curl.Reply reply) {
    var body =
        OLD_ERROR.matcher(reply.body()).replaceAll("{\"error\":$1,\"code\":$2,\"message\":$1}");
    return common(new Curl.Reply(reply.status() == 412 ? 400 : reply.status(), reply.type(), body));
  }

  private static Curl.Reply common(Curl.Reply reply) {
    return new Curl.Reply(reply.status(), reply.type(), common(reply.body()));
  }

  private static String common(String body) {
    return OF_THE_SERVER.matcher(body).replaceAll("");
  }
}
