package dev.tiphys.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import dev.tiphys.store.rpc.AuthGrpc;
import dev.tiphys.store.rpc.AuthenticateRequest;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.stub.MetadataUtils;
import java.nio.file.Files;
import java.nio.file.Path;

/** A real etcd and this store, which must answer every question alike. */
final class Pair implements AutoCloseable {
  private static final Metadata.Key<String> TOKEN =
      Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);

  private final RealEtcd etcd;
  private final TestStore store;
  private Channel theirs;
  private Channel ours;

  Pair(Path directory, String... flags) throws Exception {
    etcd = new RealEtcd(Files.createDirectory(directory.resolve("theirs")), flags);
    store = new TestStore(directory.resolve("ours"), flags);
    theirs = etcd.channel();
    ours = store.channel();
  }

  Channel theirs() {
    return theirs;
  }

  Channel ours() {
    return ours;
  }

  /** Asks both, and returns the answer of both. */
  <Q extends Message, S extends Message> String ask(MethodDescriptor<Q, S> method, Q request) {
    var call = new Call<>(method, request);
    var expected = call.answer(theirs);
    assertThat(call.answer(ours)).as("%s", call).isEqualTo(expected);
    return expected;
  }

  /** From now on asks as that user. */
  void logIn(String user, String password) {
    var request = AuthenticateRequest.newBuilder().setName(user).setPassword(password).build();
    theirs = withToken(etcd.channel(), token(etcd.channel(), request));
    ours = withToken(store.channel(), token(store.channel(), request));
  }

  /** From now on shows this token. */
  void show(String token) {
    theirs = withToken(etcd.channel(), token);
    ours = withToken(store.channel(), token);
  }

  /** From now on asks as nobody in particular. */
  void logOut() {
    theirs = etcd.channel();
    ours = store.channel();
  }

  private static String token(Channel channel, AuthenticateRequest request) {
    return AuthGrpc.newBlockingStub(channel).authenticate(request).getToken();
  }

  private static Channel withToken(Channel channel, String token) {
    var headers = new Metadata();
    headers.put(TOKEN, token);
    return ClientInterceptors.intercept(
        channel, MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  @Override
  public void close() throws InterruptedException {
    store.close();
    etcd.close();
  }
}
