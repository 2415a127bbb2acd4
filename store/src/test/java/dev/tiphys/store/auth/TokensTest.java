package dev.tiphys.store.auth;

import static com.google.protobuf.ByteString.copyFromUtf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.store.mvcc.StoreError;
import dev.tiphys.store.mvcc.StoreException;
import dev.tiphys.store.record.AuthRecord;
import dev.tiphys.store.rpc.User;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokensTest {
  private final AtomicLong nanos = new AtomicLong();
  private final SimpleTokens simple = new SimpleTokens(Duration.ofSeconds(10), nanos::get);

  @Test
  void aSimpleTokenLivesAsLongAsItIsUsed() {
    simple.assign("alice", SimpleTokens.digest("t"));
    for (int i = 0; i < 5; i++) {
      nanos.addAndGet(Duration.ofSeconds(9).toNanos());
      assertThat(simple.user("t", rules(1, "pw"))).isEqualTo("alice");
    }
    nanos.addAndGet(Duration.ofSeconds(10).toNanos());
    invalid(simple, "t", 1);
  }

  @Test
  void anotherPasswordOrTheEndOfAuthenticationEndsSimpleTokens() {
    simple.assign("alice", SimpleTokens.digest("t"));
    simple.rulesChanged(rules(1, "pw"), rules(2, "pw"));
    assertThat(simple.user("t", rules(2, "pw"))).isEqualTo("alice");
    simple.rulesChanged(rules(2, "pw"), rules(3, "other"));
    invalid(simple, "t", 3);
    simple.assign("alice", SimpleTokens.digest("t"));
    simple.rulesChanged(rules(3, "other"), Rules.INITIAL);
    invalid(simple, "t", 3);
  }

  @ParameterizedTest
  @CsvSource({"RS256,RSA", "PS384,RSA", "ES256,EC", "EdDSA,Ed25519"})
  void aSignedTokenHoldsUntilItsEndOrAChangeOfTheRules(
      String algorithm, String keys, @TempDir Path directory) throws Exception {
    var now = new AtomicReference<>(Instant.ofEpochSecond(1000));
    var tokens = new JwtTokens(key(algorithm, keys, directory), Duration.ofMinutes(5), now::get);
    var token = tokens.issue("al\"ice", 3);
    assertThat(tokens.user(token, rules(3, "pw"))).isEqualTo("al\"ice");
    assertThatThrownBy(() -> tokens.user(token, rules(4, "pw")))
        .isInstanceOfSatisfying(
            StoreException.class,
            e -> assertThat(e.error()).isEqualTo(StoreError.AUTH_OLD_REVISION));
    now.set(Instant.ofEpochSecond(1300));
    invalid(tokens, token, 3);
  }

  @Test
  void aSignedTokenCannotBeForged(@TempDir Path directory) throws Exception {
    var secret = Files.writeString(directory.resolve("secret"), "0123456789abcdef0123456789abcdef");
    var tokens =
        new JwtTokens(
            JwtKey.of("HS256", null, secret),
            Duration.ofMinutes(5),
            () -> Instant.ofEpochSecond(1000));
    var parts = tokens.issue("alice", 3).split("\\.");
    var root = encode("{\"username\":\"root\",\"revision\":3,\"exp\":9999}");
    invalid(tokens, parts[0] + "." + root + "." + parts[2], 3);
    invalid(tokens, encode("{\"alg\":\"none\"}") + "." + root + ".", 3);
    invalid(tokens, "", 3);
    invalid(tokens, "a.b", 3);
    invalid(tokens, "!.!.!", 3);
  }

  @Test
  void passwordsAreKnownByTheirHashOnly() {
    var passwords = new Passwords(4, new SecureRandom());
    var hash = passwords.hash("secret");
    assertThat(hash).startsWith("$2a$04$").doesNotContain("secret");
    var user = User.newBuilder().setPassword(copyFromUtf8(hash)).build();
    assertThat(passwords.isRight(user, "secret")).isTrue();
    assertThat(passwords.isRight(user, "Secret")).isFalse();
    assertThat(passwords.isRight(user, "x".repeat(80))).isFalse();
    assertThat(passwords.isRight(null, "")).isFalse();
    assertThat(passwords.isRight(User.getDefaultInstance(), "")).isFalse();
  }

  @Test
  void hashesOfEtcdAreUnderstood() {
    // Made by Go's bcrypt, of the word in the test vectors of that package.
    var user =
        User.newBuilder()
            .setPassword(
                copyFromUtf8("$2a$10$XajjQvNhvvRt5GSeFk1xFeyqRrsxkhBkUiQeg0dt.wU1qD4aFDcga"))
            .build();
    assertThat(new Passwords(4, new SecureRandom()).isRight(user, "allmine")).isTrue();
  }

  private static void invalid(Tokens tokens, String token, long revision) {
    assertThatThrownBy(() -> tokens.user(token, rules(revision, "pw")))
        .isInstanceOfSatisfying(
            StoreException.class,
            e -> assertThat(e.error()).isEqualTo(StoreError.INVALID_AUTH_TOKEN));
  }

  private static Rules rules(long revision, String password) {
    return Rules.of(
        AuthRecord.newBuilder()
            .setEnabled(true)
            .setRevision(revision)
            .addUsers(
                User.newBuilder()
                    .setName(copyFromUtf8("alice"))
                    .setPassword(copyFromUtf8(password)))
            .build());
  }

  private static JwtKey key(String algorithm, String keys, Path directory) throws Exception {
    var pair = KeyPairGenerator.getInstance(keys).generateKeyPair();
    return JwtKey.of(
        algorithm,
        pem(directory.resolve("public"), "PUBLIC KEY", pair.getPublic().getEncoded()),
        pem(directory.resolve("private"), "PRIVATE KEY", pair.getPrivate().getEncoded()));
  }

  private static Path pem(Path file, String label, byte[] der) throws Exception {
    var body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return Files.writeString(
        file, "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n");
  }

  private static String encode(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
