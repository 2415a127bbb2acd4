package dev.tiphys.store.service;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import dev.tiphys.store.auth.JwtTokens;
import dev.tiphys.store.auth.Passwords;
import dev.tiphys.store.auth.Rules;
import dev.tiphys.store.auth.SimpleTokens;
import dev.tiphys.store.auth.Tokens;
import dev.tiphys.store.mvcc.StoreError;
import dev.tiphys.store.record.AuthCommand;
import dev.tiphys.store.record.Command;
import dev.tiphys.store.record.TokenAssignment;
import dev.tiphys.store.rpc.AuthDisableRequest;
import dev.tiphys.store.rpc.AuthDisableResponse;
import dev.tiphys.store.rpc.AuthEnableRequest;
import dev.tiphys.store.rpc.AuthEnableResponse;
import dev.tiphys.store.rpc.AuthGrpc;
import dev.tiphys.store.rpc.AuthRoleAddRequest;
import dev.tiphys.store.rpc.AuthRoleAddResponse;
import dev.tiphys.store.rpc.AuthRoleDeleteRequest;
import dev.tiphys.store.rpc.AuthRoleDeleteResponse;
import dev.tiphys.store.rpc.AuthRoleGetRequest;
import dev.tiphys.store.rpc.AuthRoleGetResponse;
import dev.tiphys.store.rpc.AuthRoleGrantPermissionRequest;
import dev.tiphys.store.rpc.AuthRoleGrantPermissionResponse;
import dev.tiphys.store.rpc.AuthRoleListRequest;
import dev.tiphys.store.rpc.AuthRoleListResponse;
import dev.tiphys.store.rpc.AuthRoleRevokePermissionRequest;
import dev.tiphys.store.rpc.AuthRoleRevokePermissionResponse;
import dev.tiphys.store.rpc.AuthStatusRequest;
import dev.tiphys.store.rpc.AuthStatusResponse;
import dev.tiphys.store.rpc.AuthUserAddRequest;
import dev.tiphys.store.rpc.AuthUserAddResponse;
import dev.tiphys.store.rpc.AuthUserChangePasswordRequest;
import dev.tiphys.store.rpc.AuthUserChangePasswordResponse;
import dev.tiphys.store.rpc.AuthUserDeleteRequest;
import dev.tiphys.store.rpc.AuthUserDeleteResponse;
import dev.tiphys.store.rpc.AuthUserGetRequest;
import dev.tiphys.store.rpc.AuthUserGetResponse;
import dev.tiphys.store.rpc.AuthUserGrantRoleRequest;
import dev.tiphys.store.rpc.AuthUserGrantRoleResponse;
import dev.tiphys.store.rpc.AuthUserListRequest;
import dev.tiphys.store.rpc.AuthUserListResponse;
import dev.tiphys.store.rpc.AuthUserRevokeRoleRequest;
import dev.tiphys.store.rpc.AuthUserRevokeRoleResponse;
import dev.tiphys.store.rpc.AuthenticateRequest;
import dev.tiphys.store.rpc.AuthenticateResponse;
import dev.tiphys.store.rpc.Permission;
import dev.tiphys.store.rpc.ResponseHeader;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.security.SecureRandom;
import java.util.function.BiFunction;
import java.util.function.BiPredicate;

/** The Auth service. */
public final class AuthService extends AuthGrpc.AuthImplBase {
  private final Cluster cluster;
  private final Passwords passwords;
  private final Tokens tokens;
  private final SecureRandom random;

  /** Takes the shared parts, and how passwords are kept and tokens made. */
  public AuthService(Cluster cluster, Passwords passwords, Tokens tokens, SecureRandom random) {
    this.cluster = cluster;
    this.passwords = passwords;
    this.tokens = tokens;
    this.random = random;
  }

  @Override
  public void authenticate(
      AuthenticateRequest request, StreamObserver<AuthenticateResponse> observer) {
    Calls.answer(
        observer,
        () -> {
          cluster.raft().awaitFresh();
          var rules = cluster.access().rules();
          if (!rules.enabled()) {
            throw StoreError.AUTH_NOT_ENABLED.exception();
          }
          if (!passwords.isRight(rules.user(request.getName()), request.getPassword())) {
            throw StoreError.AUTH_FAILED.exception();
          }
          return AuthenticateResponse.newBuilder()
              .setToken(token(request.getName(), rules))
              .setHeader(cluster.header())
              .build();
        });
  }

  private String token(String user, Rules rules) throws InterruptedException {
    return switch (tokens) {
      case JwtTokens signed -> signed.issue(user, rules.revision());
      case SimpleTokens _ -> {
        var token = SimpleTokens.random(random);
        var assignment =
            TokenAssignment.newBuilder()
                .setUser(user)
                .setSha256(SimpleTokens.digest(token))
                .setAuthRevision(rules.revision());
        cluster
            .raft()
            .propose(
                Command.newBuilder()
                    .setAuth(AuthCommand.newBuilder().setAssignToken(assignment))
                    .build());
        yield token;
      }
    };
  }

  @Override
  public void authEnable(AuthEnableRequest request, StreamObserver<AuthEnableResponse> observer) {
    change(observer, AuthCommand.newBuilder().setEnable(request), AuthEnableResponse.class);
  }

  @Override
  public void authDisable(
      AuthDisableRequest request, StreamObserver<AuthDisableResponse> observer) {
    change(observer, AuthCommand.newBuilder().setDisable(request), AuthDisableResponse.class);
  }

  @Override
  public void authStatus(AuthStatusRequest request, StreamObserver<AuthStatusResponse> observer) {
    tellAdmin(
        observer,
        (rules, header) ->
            AuthStatusResponse.newBuilder()
                .setHeader(header)
                .setEnabled(rules.enabled())
                .setAuthRevision(rules.revision())
                .build());
  }

  @Override
  public void userAdd(AuthUserAddRequest request, StreamObserver<AuthUserAddResponse> observer) {
    Calls.answer(
        observer,
        () -> {
          var hashed = request.toBuilder().clearPassword().clearHashedPassword();
          if (!request.getOptions().getNoPassword()) {
            hashed.setHashedPassword(hash(request.getPassword()));
          }
          return propose(AuthCommand.newBuilder().setUserAdd(hashed), AuthUserAddResponse.class);
        });
  }

  @Override
  public void userChangePassword(
      AuthUserChangePasswordRequest request,
      StreamObserver<AuthUserChangePasswordResponse> observer) {
    Calls.answer(
        observer,
        () -> {
          var hashed =
              request.toBuilder().clearPassword().setHashedPassword(hash(request.getPassword()));
          return propose(
              AuthCommand.newBuilder().setUserChangePassword(hashed),
              AuthUserChangePasswordResponse.class);
        });
  }

  @Override
  public void userGet(AuthUserGetRequest request, StreamObserver<AuthUserGetResponse> observer) {
    tell(
        observer,
        (_, asking) -> !asking.isEmpty() && asking.equals(request.getName()),
        (rules, header) -> {
          var user = rules.user(request.getName());
          if (user == null) {
            throw StoreError.USER_NOT_FOUND.exception();
          }
          return AuthUserGetResponse.newBuilder()
              .setHeader(header)
              .addAllRoles(user.getRolesList())
              .build();
        });
  }

  @Override
  public void userList(AuthUserListRequest request, StreamObserver<AuthUserListResponse> observer) {
    tellAdmin(
        observer,
        (rules, header) ->
            AuthUserListResponse.newBuilder()
                .setHeader(header)
                .addAllUsers(rules.users().keySet())
                .build());
  }

  @Override
  public void userDelete(
      AuthUserDeleteRequest request, StreamObserver<AuthUserDeleteResponse> observer) {
    change(observer, AuthCommand.newBuilder().setUserDelete(request), AuthUserDeleteResponse.class);
  }

  @Override
  public void userGrantRole(
      AuthUserGrantRoleRequest request, StreamObserver<AuthUserGrantRoleResponse> observer) {
    change(
        observer,
        AuthCommand.newBuilder().setUserGrantRole(request),
        AuthUserGrantRoleResponse.class);
  }

  @Override
  public void userRevokeRole(
      AuthUserRevokeRoleRequest request, StreamObserver<AuthUserRevokeRoleResponse> observer) {
    change(
        observer,
        AuthCommand.newBuilder().setUserRevokeRole(request),
        AuthUserRevokeRoleResponse.class);
  }

  @Override
  public void roleAdd(AuthRoleAddRequest request, StreamObserver<AuthRoleAddResponse> observer) {
    change(observer, AuthCommand.newBuilder().setRoleAdd(request), AuthRoleAddResponse.class);
  }

  @Override
  public void roleGet(AuthRoleGetRequest request, StreamObserver<AuthRoleGetResponse> observer) {
    tell(
        observer,
        (rules, asking) -> rules.hasRole(asking, request.getRole()),
        (rules, header) -> {
          var role = rules.roles().get(request.getRole());
          if (role == null) {
            throw StoreError.ROLE_NOT_FOUND.exception();
          }
          var response = AuthRoleGetResponse.newBuilder().setHeader(header);
          if (request.getRole().equals(Rules.ROOT)) {
            response.addPerm(
                Permission.newBuilder()
                    .setPermType(Permission.Type.READWRITE)
                    .setRangeEnd(ByteString.copyFrom(new byte[1])));
          } else {
            response.addAllPerm(role.getKeyPermissionList());
          }
          return response.build();
        });
  }

  @Override
  public void roleList(AuthRoleListRequest request, StreamObserver<AuthRoleListResponse> observer) {
    tellAdmin(
        observer,
        (rules, header) ->
            AuthRoleListResponse.newBuilder()
                .setHeader(header)
                .addAllRoles(rules.roles().keySet())
                .build());
  }

  @Override
  public void roleDelete(
      AuthRoleDeleteRequest request, StreamObserver<AuthRoleDeleteResponse> observer) {
    change(observer, AuthCommand.newBuilder().setRoleDelete(request), AuthRoleDeleteResponse.class);
  }

  @Override
  public void roleGrantPermission(
      AuthRoleGrantPermissionRequest request,
      StreamObserver<AuthRoleGrantPermissionResponse> observer) {
    change(
        observer,
        AuthCommand.newBuilder().setRoleGrantPermission(request),
        AuthRoleGrantPermissionResponse.class);
  }

  @Override
  public void roleRevokePermission(
      AuthRoleRevokePermissionRequest request,
      StreamObserver<AuthRoleRevokePermissionResponse> observer) {
    change(
        observer,
        AuthCommand.newBuilder().setRoleRevokePermission(request),
        AuthRoleRevokePermissionResponse.class);
  }

  private <T extends MessageLite> void change(
      StreamObserver<T> observer, AuthCommand.Builder command, Class<T> response) {
    Calls.answer(observer, () -> propose(command, response));
  }

  private <T extends MessageLite> T propose(AuthCommand.Builder command, Class<T> type)
      throws InterruptedException {
    var response = cluster.propose(Command.newBuilder().setAuth(command), type);
    // All responses of this service have their header in field 1.
    return type.cast(withHeader(response));
  }

  private MessageLite withHeader(MessageLite response) {
    if (response instanceof com.google.protobuf.Message message) {
      var header = message.getDescriptorForType().findFieldByName("header");
      return message.toBuilder().setField(header, cluster.header()).build();
    }
    return response;
  }

  /** Tells those who may change the rules something of them. */
  private <T> void tellAdmin(
      StreamObserver<T> observer, BiFunction<Rules, ResponseHeader, T> answer) {
    tell(observer, (_, _) -> false, answer);
  }

  /** Tells something of the rules, as of now, to an administrator or whom it concerns. */
  private <T> void tell(
      StreamObserver<T> observer,
      BiPredicate<Rules, String> concerns,
      BiFunction<Rules, ResponseHeader, T> answer) {
    Calls.answer(
        observer,
        () -> {
          cluster.raft().awaitFresh();
          var rules = cluster.access().rules();
          var asking = cluster.access().user();
          if (!concerns.test(rules, asking)) {
            rules.needAdmin(asking);
          }
          return answer.apply(rules, cluster.header());
        });
  }

  private String hash(String password) {
    if (!Passwords.fits(password)) {
      throw Status.INVALID_ARGUMENT
          .withDescription("etcdserver: password is longer than " + Passwords.MAX_BYTES + " bytes")
          .asRuntimeException();
    }
    return passwords.hash(password);
  }
}
