package dev.tiphys.store;

import static com.google.protobuf.ByteString.copyFromUtf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.daemon.tls.Pem;
import dev.tiphys.store.rpc.AuthEnableRequest;
import dev.tiphys.store.rpc.AuthGrpc;
import dev.tiphys.store.rpc.AuthRoleAddRequest;
import dev.tiphys.store.rpc.AuthRoleGrantPermissionRequest;
import dev.tiphys.store.rpc.AuthStatusRequest;
import dev.tiphys.store.rpc.AuthUserAddRequest;
import dev.tiphys.store.rpc.AuthUserChangePasswordRequest;
import dev.tiphys.store.rpc.AuthUserGrantRoleRequest;
import dev.tiphys.store.rpc.AuthenticateRequest;
import dev.tiphys.store.rpc.KVGrpc;
import dev.tiphys.store.rpc.LeaseGrantRequest;
import dev.tiphys.store.rpc.LeaseGrpc;
import dev.tiphys.store.rpc.LeaseRevokeRequest;
import dev.tiphys.store.rpc.LeaseTimeToLiveRequest;
import dev.tiphys.store.rpc.Permission;
import dev.tiphys.store.rpc.PutRequest;
import dev.tiphys.store.rpc.RangeRequest;
import dev.tiphys.store.rpc.RequestOp;
import dev.tiphys.store.rpc.TxnRequest;
import dev.tiphys.store.rpc.WatchCreateRequest;
import dev.tiphys.store.rpc.WatchGrpc;
import dev.tiphys.store.rpc.WatchRequest;
import dev.tiphys.store.rpc.WatchResponse;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.netty.handler.ssl.SslProvider;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Users and permissions, through the whole store. */
class AuthTest {
  @TempDir private Path directory = Path.of("");

  @Test
  void rulesHoldForEveryServiceAndSurviveARestart() throws Exception {
    try (var store = new TestStore(directory, "--bcrypt-cost=4")) {
      setUp(store.channel());
      holdsFor(store);
    }
    try (var store = new TestStore(directory, "--bcrypt-cost=4")) {
      holdsFor(store);
      var root = as(store.channel(), "root", "secret");
      AuthGrpc.newBlockingStub(root)
          .userChangePassword(
              AuthUserChangePasswordRequest.newBuilder()
                  .setName("root")
                  .setPassword("new")
                  .build());
      refused(
          Status.Code.UNAUTHENTICATED,
          "etcdserver: invalid auth token",
          () -> AuthGrpc.newBlockingStub(root).authStatus(AuthStatusRequest.getDefaultInstance()));
    }
    try (var store = new TestStore(directory, "--bcrypt-cost=4")) {
      refused(
          Status.Code.INVALID_ARGUMENT,
          "etcdserver: authentication failed, invalid user ID or password",
          () -> as(store.channel(), "root", "secret"));
      var status =
          AuthGrpc.newBlockingStub(as(store.channel(), "root", "new"))
              .authStatus(AuthStatusRequest.getDefaultInstance());
      assertThat(status.getEnabled()).isTrue();
      assertThat(status.getAuthRevision()).isEqualTo(8);
    }
  }

  @Test
  void certificatesNameUsers() throws Exception {
    var server = TestCertificate.make(directory, "server");
    var alice = TestCertificate.make(directory, "alice");
    try (var store =
        new TestStore(
            directory.resolve("data"),
            "--bcrypt-cost=4",
            "--listen-client-urls=https://127.0.0.1:0",
            "--cert-file=" + server.certificate(),
            "--key-file=" + server.key(),
            "--trusted-ca-file=" + alice.certificate(),
            "--client-cert-auth")) {
      setUp(store.channel());
      var tls =
          GrpcSslContexts.configure(GrpcSslContexts.forClient(), SslProvider.JDK)
              .trustManager(Pem.certificates(server.certificate()).getFirst())
              .keyManager(
                  Pem.privateKey(alice.key()), Pem.certificates(alice.certificate()).getFirst())
              .build();
      var channel =
          NettyChannelBuilder.forAddress("127.0.0.1", store.ports().getLast())
              .sslContext(tls)
              .build();
      try {
        var kv = KVGrpc.newBlockingStub(channel);
        kv.put(put("a/x"));
        denied(() -> kv.put(put("b/x")));
        // A token counts more than a certificate, also a wrong one.
        refused(
            Status.Code.UNAUTHENTICATED,
            "etcdserver: invalid auth token",
            () -> KVGrpc.newBlockingStub(withToken(channel, "x")).put(put("a/x")));
        AuthGrpc.newBlockingStub(as(channel, "root", "secret"))
            .authStatus(AuthStatusRequest.getDefaultInstance());
      } finally {
        channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
      }
    }
  }

  @Test
  void signedTokensHoldUntilTheRulesChange() throws Exception {
    var secret = Files.writeString(directory.resolve("secret"), "0123456789abcdef0123456789abcdef");
    try (var store =
        new TestStore(
            directory.resolve("data"),
            "--bcrypt-cost=4",
            "--auth-token=jwt,sign-method=HS256,priv-key=" + secret)) {
      setUp(store.channel());
      var root = as(store.channel(), "root", "secret");
      KVGrpc.newBlockingStub(root).put(put("b/x"));
      AuthGrpc.newBlockingStub(root).userAdd(user("bob", "pw"));
      refused(
          Status.Code.INVALID_ARGUMENT,
          "etcdserver: revision of auth store is old",
          () -> KVGrpc.newBlockingStub(root).put(put("b/x")));
      KVGrpc.newBlockingStub(as(store.channel(), "root", "secret")).put(put("b/x"));
    }
  }

  private static void setUp(Channel channel) {
    var auth = AuthGrpc.newBlockingStub(channel);
    auth.userAdd(user("root", "secret"));
    auth.userGrantRole(
        AuthUserGrantRoleRequest.newBuilder().setUser("root").setRole("root").build());
    auth.userAdd(user("alice", "pw"));
    auth.roleAdd(AuthRoleAddRequest.newBuilder().setName("a").build());
    auth.roleGrantPermission(
        AuthRoleGrantPermissionRequest.newBuilder()
            .setName("a")
            .setPerm(
                Permission.newBuilder()
                    .setPermType(Permission.Type.READWRITE)
                    .setKey(copyFromUtf8("a/"))
                    .setRangeEnd(copyFromUtf8("a0")))
            .build());
    auth.userGrantRole(AuthUserGrantRoleRequest.newBuilder().setUser("alice").setRole("a").build());
    auth.authEnable(AuthEnableRequest.getDefaultInstance());
  }

  private static void holdsFor(TestStore store) throws Exception {
    var nobody = KVGrpc.newBlockingStub(store.channel());
    refused(
        Status.Code.INVALID_ARGUMENT,
        "etcdserver: user name is empty",
        () -> nobody.put(put("a/x")));
    var channel = as(store.channel(), "alice", "pw");
    var alice = KVGrpc.newBlockingStub(channel);
    alice.put(put("a/x"));
    denied(() -> alice.put(put("b/x")));
    denied(() -> alice.range(RangeRequest.newBuilder().setKey(copyFromUtf8("b")).build()));
    denied(() -> alice.rangeStream(everything()).forEachRemaining(_ -> {}));
    var hidden =
        TxnRequest.newBuilder()
            .addSuccess(
                RequestOp.newBuilder()
                    .setRequestTxn(
                        TxnRequest.newBuilder()
                            .addFailure(RequestOp.newBuilder().setRequestPut(put("b/x")))))
            .build();
    denied(() -> alice.txn(hidden));
    var root = as(store.channel(), "root", "secret");
    var lease = LeaseGrantRequest.newBuilder().setTTL(100).build();
    long id = LeaseGrpc.newBlockingStub(root).leaseGrant(lease).getID();
    KVGrpc.newBlockingStub(root).put(put("b/x").toBuilder().setLease(id).build());
    denied(() -> alice.put(put("a/y").toBuilder().setLease(id).build()));
    denied(() ->
        LeaseGrpc.newBlockingStub(channel)
            .leaseTimeToLive(LeaseTimeToLiveRequest.newBuilder().setID(id).setKeys(true).build()));
    denied(() ->
        LeaseGrpc.newBlockingStub(channel)
            .leaseRevoke(LeaseRevokeRequest.newBuilder().setID(id).build()));
    assertThat(watch(channel, "a/x").getCanceled()).isFalse();
    var refusal = watch(channel, "b/x");
    assertThat(refusal.getCanceled()).isTrue();
    assertThat(refusal.getCancelReason())
        .isEqualTo("rpc error: code = PermissionDenied desc = etcdserver: permission denied");
  }

  private static WatchResponse watch(Channel channel, String key) throws InterruptedException {
    var inbox = new Inbox<WatchResponse>();
    var requests = WatchGrpc.newStub(channel).watch(inbox);
    requests.onNext(
        WatchRequest.newBuilder()
            .setCreateRequest(WatchCreateRequest.newBuilder().setKey(copyFromUtf8(key)))
            .build());
    var response = inbox.next();
    requests.onCompleted();
    return response;
  }

  private static Channel as(Channel channel, String user, String password) {
    var request = AuthenticateRequest.newBuilder().setName(user).setPassword(password).build();
    return withToken(channel, AuthGrpc.newBlockingStub(channel).authenticate(request).getToken());
  }

  private static Channel withToken(Channel channel, String token) {
    var headers = new Metadata();
    headers.put(Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER), token);
    return ClientInterceptors.intercept(
        channel, MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  private static AuthUserAddRequest user(String name, String password) {
    return AuthUserAddRequest.newBuilder().setName(name).setPassword(password).build();
  }

  private static PutRequest put(String key) {
    return PutRequest.newBuilder().setKey(copyFromUtf8(key)).build();
  }

  private static RangeRequest everything() {
    return RangeRequest.newBuilder()
        .setKey(copyFromUtf8("a"))
        .setRangeEnd(copyFromUtf8("z"))
        .build();
  }

  private static void denied(ThrowingCallable call) {
    refused(Status.Code.PERMISSION_DENIED, "etcdserver: permission denied", call);
  }

  private static void refused(Status.Code code, String text, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> {
              assertThat(e.getStatus().getDescription()).isEqualTo(text);
              assertThat(e.getStatus().getCode()).isEqualTo(code);
            });
  }
}
