package dev.tiphys.store;

import static com.google.protobuf.ByteString.copyFromUtf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.ByteString;
import dev.tiphys.store.rpc.AuthDisableRequest;
import dev.tiphys.store.rpc.AuthEnableRequest;
import dev.tiphys.store.rpc.AuthGrpc;
import dev.tiphys.store.rpc.AuthRoleAddRequest;
import dev.tiphys.store.rpc.AuthRoleDeleteRequest;
import dev.tiphys.store.rpc.AuthRoleGetRequest;
import dev.tiphys.store.rpc.AuthRoleGrantPermissionRequest;
import dev.tiphys.store.rpc.AuthRoleListRequest;
import dev.tiphys.store.rpc.AuthRoleRevokePermissionRequest;
import dev.tiphys.store.rpc.AuthUserAddRequest;
import dev.tiphys.store.rpc.AuthUserChangePasswordRequest;
import dev.tiphys.store.rpc.AuthUserDeleteRequest;
import dev.tiphys.store.rpc.AuthUserGetRequest;
import dev.tiphys.store.rpc.AuthUserGrantRoleRequest;
import dev.tiphys.store.rpc.AuthUserListRequest;
import dev.tiphys.store.rpc.AuthUserRevokeRoleRequest;
import dev.tiphys.store.rpc.AuthenticateRequest;
import dev.tiphys.store.rpc.Compare;
import dev.tiphys.store.rpc.DeleteRangeRequest;
import dev.tiphys.store.rpc.KVGrpc;
import dev.tiphys.store.rpc.LeaseGrantRequest;
import dev.tiphys.store.rpc.LeaseGrpc;
import dev.tiphys.store.rpc.LeaseLeasesRequest;
import dev.tiphys.store.rpc.LeaseRevokeRequest;
import dev.tiphys.store.rpc.Permission;
import dev.tiphys.store.rpc.PutRequest;
import dev.tiphys.store.rpc.RangeRequest;
import dev.tiphys.store.rpc.RequestOp;
import dev.tiphys.store.rpc.TxnRequest;
import dev.tiphys.store.rpc.UserAddOptions;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Users, roles and what they may do: as a real etcd answers. Skipped where none is installed. Left
 * out is what etcd 3.4 does and 3.5 does not: let anybody write by a nested transaction, show no
 * permissions of root.
 */
class SameAuthAsEtcdTest {
  @TempDir private Path directory = Path.of("");

  @Test
  void usersAndRolesAreManagedAlike() throws Exception {
    assumeTrue(RealEtcd.isInstalled(), RealEtcd.MISSING);
    try (var both = new Pair(directory, "--bcrypt-cost=4")) {
      both.ask(AuthGrpc.getAuthEnableMethod(), AuthEnableRequest.getDefaultInstance());
      both.ask(AuthGrpc.getAuthDisableMethod(), AuthDisableRequest.getDefaultInstance());
      authenticate(both, "root", "x");
      addUser(both, "", "x");
      addUser(both, "root", "secret");
      addUser(both, "root", "other");
      both.ask(AuthGrpc.getAuthEnableMethod(), AuthEnableRequest.getDefaultInstance());
      grantRole(both, "nobody", "root");
      grantRole(both, "root", "norole");
      grantRole(both, "root", "root");
      grantRole(both, "root", "root");
      addRole(both, "");
      addRole(both, "root");
      addRole(both, "reader");
      addRole(both, "reader");
      addUser(both, "alice", "pw");
      both.ask(
          AuthGrpc.getUserAddMethod(),
          AuthUserAddRequest.newBuilder()
              .setName("cert")
              .setOptions(UserAddOptions.newBuilder().setNoPassword(true))
              .build());
      grantRole(both, "alice", "reader");
      both.ask(
          AuthGrpc.getRoleGrantPermissionMethod(),
          AuthRoleGrantPermissionRequest.newBuilder()
              .setName("none")
              .setPerm(perm("a", ""))
              .build());
      grant(both, "reader", perm("b", "c"));
      grant(both, "reader", perm("a", "b"));
      grant(both, "reader", perm("a", "b").toBuilder().setPermType(Permission.Type.WRITE).build());
      for (var role : new String[] {"reader", "none"}) {
        both.ask(
            AuthGrpc.getRoleGetMethod(), AuthRoleGetRequest.newBuilder().setRole(role).build());
      }
      for (var user : new String[] {"root", "alice", "none"}) {
        both.ask(
            AuthGrpc.getUserGetMethod(), AuthUserGetRequest.newBuilder().setName(user).build());
      }
      both.ask(AuthGrpc.getRoleListMethod(), AuthRoleListRequest.getDefaultInstance());
      both.ask(AuthGrpc.getUserListMethod(), AuthUserListRequest.getDefaultInstance());
      revokePermission(both, "reader", "a", "c");
      revokePermission(both, "reader", "a", "b");
      revokePermission(both, "none", "a", "b");
      both.ask(
          AuthGrpc.getUserRevokeRoleMethod(),
          AuthUserRevokeRoleRequest.newBuilder().setName("alice").setRole("root").build());
      both.ask(
          AuthGrpc.getRoleDeleteMethod(),
          AuthRoleDeleteRequest.newBuilder().setRole("none").build());
      both.ask(
          AuthGrpc.getRoleDeleteMethod(),
          AuthRoleDeleteRequest.newBuilder().setRole("reader").build());
      both.ask(
          AuthGrpc.getUserGetMethod(), AuthUserGetRequest.newBuilder().setName("alice").build());
      both.ask(
          AuthGrpc.getUserDeleteMethod(),
          AuthUserDeleteRequest.newBuilder().setName("none").build());
      both.ask(
          AuthGrpc.getUserChangePasswordMethod(),
          AuthUserChangePasswordRequest.newBuilder().setName("none").setPassword("x").build());
    }
  }

  @Test
  void permissionsOpenTheSameDoors() throws Exception {
    assumeTrue(RealEtcd.isInstalled(), RealEtcd.MISSING);
    try (var both = new Pair(directory, "--bcrypt-cost=4")) {
      put(both, "x", "1");
      addUser(both, "root", "secret");
      grantRole(both, "root", "root");
      addUser(both, "alice", "pw");
      addRole(both, "ab");
      grant(both, "ab", perm("a", "b").toBuilder().setPermType(Permission.Type.READWRITE).build());
      grant(both, "ab", perm("b", "c"));
      grant(both, "ab", perm("w", "").toBuilder().setPermType(Permission.Type.WRITE).build());
      grantRole(both, "alice", "ab");
      both.ask(AuthGrpc.getAuthEnableMethod(), AuthEnableRequest.getDefaultInstance());
      doors(both); // as nobody
      authenticate(both, "alice", "wrong");
      authenticate(both, "nobody", "pw");
      both.show("no.token");
      doors(both);
      both.logIn("alice", "pw");
      doors(both);
      both.ask(
          AuthGrpc.getUserGetMethod(), AuthUserGetRequest.newBuilder().setName("alice").build());
      both.ask(AuthGrpc.getRoleGetMethod(), AuthRoleGetRequest.newBuilder().setRole("ab").build());
      both.logIn("root", "secret");
      doors(both);
      both.ask(
          AuthGrpc.getUserDeleteMethod(),
          AuthUserDeleteRequest.newBuilder().setName("root").build());
      both.ask(
          AuthGrpc.getRoleDeleteMethod(),
          AuthRoleDeleteRequest.newBuilder().setRole("root").build());
      both.ask(
          AuthGrpc.getUserRevokeRoleMethod(),
          AuthUserRevokeRoleRequest.newBuilder().setName("root").setRole("root").build());
      both.ask(
          AuthGrpc.getUserChangePasswordMethod(),
          AuthUserChangePasswordRequest.newBuilder().setName("root").setPassword("new").build());
      // The token was for the old password.
      both.ask(AuthGrpc.getUserListMethod(), AuthUserListRequest.getDefaultInstance());
      both.logIn("root", "new");
      both.ask(AuthGrpc.getAuthDisableMethod(), AuthDisableRequest.getDefaultInstance());
      both.logOut();
      doors(both);
    }
  }

  /** Tries everything that may be forbidden. */
  private static void doors(Pair both) {
    put(both, "a1", "v");
    put(both, "b1", "v");
    put(both, "x", "v");
    put(both, "w", "v");
    both.ask(
        KVGrpc.getPutMethod(),
        PutRequest.newBuilder().setKey(copyFromUtf8("w")).setPrevKv(true).build());
    range(both, "a", "c");
    range(both, "a", "d");
    range(both, "a1", "");
    range(both, "w", "");
    range(both, "", "\0");
    range(both, "a", "\0");
    for (var prev : new boolean[] {true, false}) {
      both.ask(
          KVGrpc.getDeleteRangeMethod(),
          DeleteRangeRequest.newBuilder().setKey(copyFromUtf8("w")).setPrevKv(prev).build());
    }
    both.ask(
        KVGrpc.getTxnMethod(),
        TxnRequest.newBuilder()
            .addSuccess(RequestOp.newBuilder().setRequestRange(rangeOf("a", "b")))
            .addFailure(RequestOp.newBuilder().setRequestRange(rangeOf("x", "")))
            .build());
    both.ask(
        KVGrpc.getTxnMethod(),
        TxnRequest.newBuilder()
            .addCompare(Compare.newBuilder().setKey(copyFromUtf8("x")))
            .addSuccess(
                RequestOp.newBuilder()
                    .setRequestPut(PutRequest.newBuilder().setKey(copyFromUtf8("a2"))))
            .build());
    both.ask(
        LeaseGrpc.getLeaseGrantMethod(),
        LeaseGrantRequest.newBuilder().setID(7).setTTL(1000).build());
    both.ask(
        KVGrpc.getPutMethod(),
        PutRequest.newBuilder().setKey(copyFromUtf8("a9")).setLease(7).build());
    both.ask(LeaseGrpc.getLeaseLeasesMethod(), LeaseLeasesRequest.getDefaultInstance());
    both.ask(LeaseGrpc.getLeaseRevokeMethod(), LeaseRevokeRequest.newBuilder().setID(7).build());
    both.ask(AuthGrpc.getUserListMethod(), AuthUserListRequest.getDefaultInstance());
    addRole(both, "more");
    both.ask(
        AuthGrpc.getRoleDeleteMethod(), AuthRoleDeleteRequest.newBuilder().setRole("more").build());
    both.ask(AuthGrpc.getUserGetMethod(), AuthUserGetRequest.newBuilder().setName("root").build());
  }

  private static void put(Pair both, String key, String value) {
    both.ask(
        KVGrpc.getPutMethod(),
        PutRequest.newBuilder().setKey(copyFromUtf8(key)).setValue(copyFromUtf8(value)).build());
  }

  private static void range(Pair both, String key, String end) {
    both.ask(KVGrpc.getRangeMethod(), rangeOf(key, end));
    both.ask(KVGrpc.getRangeMethod(), rangeOf(key, end).toBuilder().setSerializable(true).build());
  }

  private static RangeRequest rangeOf(String key, String end) {
    return RangeRequest.newBuilder()
        .setKey(key.isEmpty() ? ByteString.copyFrom(new byte[1]) : copyFromUtf8(key))
        .setRangeEnd(copyFromUtf8(end))
        .build();
  }

  private static void authenticate(Pair both, String user, String password) {
    assertThat(
            both.ask(
                AuthGrpc.getAuthenticateMethod(),
                AuthenticateRequest.newBuilder().setName(user).setPassword(password).build()))
        .doesNotContain("token:");
  }

  private static void addUser(Pair both, String name, String password) {
    both.ask(
        AuthGrpc.getUserAddMethod(),
        AuthUserAddRequest.newBuilder()
            .setName(name)
            .setPassword(password)
            .setOptions(UserAddOptions.getDefaultInstance())
            .build());
  }

  private static void grantRole(Pair both, String user, String role) {
    both.ask(
        AuthGrpc.getUserGrantRoleMethod(),
        AuthUserGrantRoleRequest.newBuilder().setUser(user).setRole(role).build());
  }

  private static void addRole(Pair both, String name) {
    both.ask(AuthGrpc.getRoleAddMethod(), AuthRoleAddRequest.newBuilder().setName(name).build());
  }

  private static void grant(Pair both, String role, Permission permission) {
    both.ask(
        AuthGrpc.getRoleGrantPermissionMethod(),
        AuthRoleGrantPermissionRequest.newBuilder().setName(role).setPerm(permission).build());
  }

  private static void revokePermission(Pair both, String role, String key, String end) {
    both.ask(
        AuthGrpc.getRoleRevokePermissionMethod(),
        AuthRoleRevokePermissionRequest.newBuilder()
            .setRole(role)
            .setKey(copyFromUtf8(key))
            .setRangeEnd(copyFromUtf8(end))
            .build());
  }

  private static Permission perm(String key, String end) {
    return Permission.newBuilder().setKey(copyFromUtf8(key)).setRangeEnd(copyFromUtf8(end)).build();
  }
}
