package dev.tiphys.store.auth;

import static com.google.protobuf.ByteString.copyFromUtf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.store.mvcc.KeyRange;
import dev.tiphys.store.mvcc.StoreError;
import dev.tiphys.store.mvcc.StoreException;
import dev.tiphys.store.record.AuthRecord;
import dev.tiphys.store.rpc.Permission;
import dev.tiphys.store.rpc.Role;
import dev.tiphys.store.rpc.User;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class RulesTest {
  private static final Rules RULES =
      Rules.of(
          AuthRecord.newBuilder()
              .setEnabled(true)
              .setRevision(7)
              .addUsers(user("root", "root"))
              .addUsers(user("alice", "one", "two", "gone"))
              .addUsers(user("bob"))
              .addRoles(role("one", read("b", "c"), read("a", "b"), both("k", "")))
              .addRoles(role("two", read("x", "\0"), write("w", "z")))
              .build());

  @Test
  void neighbouringRangesAreOne() {
    allowed(() -> RULES.needRead("alice", range("a", "c")));
    allowed(() -> RULES.needRead("alice", range("aa", "bb")));
    denied(() -> RULES.needRead("alice", range("a", "cc")));
    denied(() -> RULES.needRead("alice", range("A", "b")));
  }

  @Test
  void aPermissionForOneKeyOpensNoOther() {
    allowed(() -> RULES.needWrite("alice", range("k", "")));
    allowed(() -> RULES.needRead("alice", range("k", "")));
    denied(() -> RULES.needRead("alice", range("k1", "")));
    denied(() -> RULES.needRead("alice", range("k", "l")));
  }

  @Test
  void anOpenRangeReachesToTheEnd() {
    allowed(() -> RULES.needRead("alice", range("x", "\0")));
    allowed(() -> RULES.needRead("alice", range("zzz", "")));
    denied(() -> RULES.needRead("alice", range("w", "\0")));
  }

  @Test
  void readingIsNotWriting() {
    denied(() -> RULES.needWrite("alice", range("a", "")));
    allowed(() -> RULES.needWrite("alice", range("w", "")));
    denied(() -> RULES.needRead("alice", range("w", "")));
  }

  @Test
  void whoHasNoRoleMayNothingAndRootMayEverything() {
    denied(() -> RULES.needRead("bob", range("a", "")));
    denied(() -> RULES.needRead("stranger", range("a", "")));
    denied(() -> RULES.needAdmin("alice"));
    allowed(() -> RULES.needAdmin("root"));
    allowed(() -> RULES.needWrite("root", range("a", "\0")));
  }

  @Test
  void whoSaysNotWhoHeIsIsToldSo() {
    refused(StoreError.USER_EMPTY, () -> RULES.needRead("", range("a", "")));
    refused(StoreError.USER_EMPTY, () -> RULES.needAdmin(""));
  }

  @Test
  void beforeAuthenticationIsEnabledEverybodyMay() {
    allowed(() -> Rules.INITIAL.needAdmin(""));
    allowed(() -> Rules.INITIAL.needWrite("", range("a", "\0")));
  }

  @Test
  void aRecordHoldsAllOfIt() {
    assertThat(Rules.of(RULES.toRecord()).toRecord()).isEqualTo(RULES.toRecord());
  }

  private static KeyRange range(String key, String end) {
    return KeyRange.of(copyFromUtf8(key), copyFromUtf8(end));
  }

  private static User user(String name, String... roles) {
    return User.newBuilder()
        .setName(copyFromUtf8(name))
        .addAllRoles(java.util.List.of(roles))
        .build();
  }

  private static Role role(String name, Permission... permissions) {
    return Role.newBuilder()
        .setName(copyFromUtf8(name))
        .addAllKeyPermission(java.util.List.of(permissions))
        .build();
  }

  private static Permission read(String key, String end) {
    return permission(Permission.Type.READ, key, end);
  }

  private static Permission write(String key, String end) {
    return permission(Permission.Type.WRITE, key, end);
  }

  private static Permission both(String key, String end) {
    return permission(Permission.Type.READWRITE, key, end);
  }

  private static Permission permission(Permission.Type type, String key, String end) {
    return Permission.newBuilder()
        .setPermType(type)
        .setKey(copyFromUtf8(key))
        .setRangeEnd(copyFromUtf8(end))
        .build();
  }

  private static void allowed(ThrowingCallable call) {
    assertThatCode(call).doesNotThrowAnyException();
  }

  private static void denied(ThrowingCallable call) {
    refused(StoreError.PERMISSION_DENIED, call);
  }

  private static void refused(StoreError error, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(StoreException.class, e -> assertThat(e.error()).isEqualTo(error));
  }
}
