package dev.tiphys.apiserver.storage;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.util.concurrent.MoreExecutors;
import dev.tiphys.daemon.ConfigException;
import dev.tiphys.daemon.tls.OwnCertificate;
import dev.tiphys.daemon.tls.Pem;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.ClientBuilder;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.kv.TxnResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.PutOption;
import io.etcd.jetcd.options.WatchOption;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import io.netty.handler.codec.http2.Http2SecurityUtil;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The edge to jetcd: the few calls that storage is made of, blocking, with typed errors. Nothing of
 * jetcd is seen beyond this class and {@link WatchFeed}. Thread-safe.
 */
final class Etcd implements AutoCloseable {

  private static final ByteSequence ZERO = ByteSequence.from(new byte[] {0});
  private static final GetOption COUNT_NOTHING =
      GetOption.builder().withCountOnly(true).withLimit(1).build();

  /** What a conditional write did. */
  sealed interface Written {

    /**
     * It was done.
     *
     * @param revision that it made
     */
    record Done(long revision) implements Written {}

    /**
     * The key was not as expected.
     *
     * @param current what is there; null for nothing
     */
    record Refused(@Nullable Entry current) implements Written {}
  }

  /**
   * A part of a range.
   *
   * @param entries in order
   * @param more whether the range goes on behind them
   * @param count how many entries the whole range has
   * @param revision at which it was read
   */
  record Range(List<Entry> entries, boolean more, long count, long revision) {}

  /**
   * Has answers taken in by the thread that receives them, which has little to do with each: one
   * change of thread less a call. What a watch brings is more, and stays with a thread of its own.
   */
  private static final class AnswersInPlace implements ClientInterceptor {
    @Override
    public <Q, A> ClientCall<Q, A> interceptCall(
        MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
      return next.newCall(
          method,
          method.getType() == MethodDescriptor.MethodType.UNARY
              ? options.withExecutor(MoreExecutors.directExecutor())
              : options);
    }
  }

  private final Client client;
  private final StoreMetrics metrics;

  private Etcd(Client client, StoreMetrics metrics) {
    this.client = client;
    this.metrics = metrics;
  }

  /**
   * Prepares the connection, which is made when it is first used.
   *
   * @throws ConfigException if a certificate or key cannot be used
   */
  static Etcd connect(StoreConfig config, StoreMetrics metrics) {
    URI first = config.endpoints().getFirst();
    ClientBuilder builder =
        Client.builder()
            .endpoints(config.endpoints())
            // Calls are started by the thread that makes them: no pool, no hop.
            .executorService(MoreExecutors.newDirectExecutorService())
            .interceptor(new AnswersInPlace())
            .connectTimeout(Limits.CONNECT_TIMEOUT)
            .keepaliveTime(Limits.KEEPALIVE)
            .keepaliveTimeout(Limits.CONNECT_TIMEOUT)
            .keepaliveWithoutCalls(false)
            .retryMaxDuration(Limits.CALL_TIMEOUT)
            .retryDelay(Limits.RETRY_FIRST.toMillis())
            .retryMaxDelay(Limits.RETRY_LAST.toMillis())
            .maxInboundMessageSize(Limits.STORE_MESSAGE_BYTES)
            .waitForReady(true);
    if ("https".equals(first.getScheme())) {
      secure(builder, config);
    }
    return new Etcd(builder.build(), metrics);
  }

  private static void secure(ClientBuilder builder, StoreConfig config) {
    try {
      @Nullable Path caFile = config.caFile();
      @Nullable Path certFile = config.certFile();
      @Nullable Path keyFile = config.keyFile();
      X509Certificate @Nullable [] ca = caFile == null ? null : chain(caFile);
      // What GrpcSslContexts would choose in the end; on the way there it looks for native TLS, and
      // reads whom the machine trusts, which slows the start.
      SslContextBuilder ssl =
          SslContextBuilder.forClient()
              .sslProvider(SslProvider.JDK)
              .ciphers(Http2SecurityUtil.CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
              .applicationProtocolConfig(
                  new ApplicationProtocolConfig(
                      ApplicationProtocolConfig.Protocol.ALPN,
                      ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                      ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                      ApplicationProtocolNames.HTTP_2));
      if (ca != null) {
        ssl.trustManager(ca);
      }
      if (certFile != null && keyFile != null) {
        ssl.keyManager(OwnCertificate.read(certFile, keyFile));
      }
      builder.sslContext(ssl.build());
    } catch (IOException | GeneralSecurityException e) {
      throw new ConfigException(
          "--etcd-cafile, --etcd-certfile or --etcd-keyfile: " + e.getMessage(), e);
    }
  }

  private static X509Certificate[] chain(Path file) throws IOException, GeneralSecurityException {
    return Pem.certificates(file).toArray(X509Certificate[]::new);
  }

  /** The store's revision, agreed on by a majority; completes on a thread of the client. */
  CompletableFuture<Long> revisionSoon() {
    return client
        .getKVClient()
        .get(ZERO, COUNT_NOTHING)
        .thenApply(response -> response.getHeader().getRevision())
        .orTimeout(Limits.CALL_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** The store's revision, agreed on by a majority. */
  long revision() {
    return await("revision", revisionSoon());
  }

  /** What is under a key, as a majority knows it; null for nothing. */
  @Nullable Entry get(String key) {
    return single(await("get", client.getKVClient().get(bytes(key))));
  }

  /**
   * Reads keys in order.
   *
   * @param from inclusive
   * @param to exclusive
   * @param limit the most to read
   * @param revision at which; 0 for the latest
   * @throws CompactedException if the revision is gone
   */
  Range range(String from, String to, int limit, long revision) {
    GetOption.Builder option =
        GetOption.builder().withRange(bytes(to)).withLimit(limit).withRevision(revision);
    GetResponse response = await("list", client.getKVClient().get(bytes(from), option.build()));
    return new Range(
        response.getKvs().stream().map(Etcd::entry).toList(),
        response.isMore(),
        response.getCount(),
        revision > 0 ? revision : response.getHeader().getRevision());
  }

  /**
   * Puts a value if the key has not changed since a revision.
   *
   * @param expected 0 for a key that must not be there
   * @param lease 0 for none
   */
  Written put(String key, long expected, byte[] value, long lease) {
    PutOption option =
        lease == 0 ? PutOption.DEFAULT : PutOption.builder().withLeaseId(lease).build();
    return write("put", key, expected, Op.put(bytes(key), ByteSequence.from(value), option));
  }

  /** Deletes a key if it has not changed since a revision. */
  Written delete(String key, long expected) {
    return write("delete", key, expected, Op.delete(bytes(key), DeleteOption.DEFAULT));
  }

  private Written write(String operation, String key, long expected, Op op) {
    ByteSequence at = bytes(key);
    TxnResponse response =
        await(
            operation,
            client
                .getKVClient()
                .txn()
                .If(new Cmp(at, Cmp.Op.EQUAL, CmpTarget.modRevision(expected)))
                .Then(op)
                .Else(Op.get(at, GetOption.DEFAULT))
                .commit());
    return response.isSucceeded()
        ? new Written.Done(response.getHeader().getRevision())
        : new Written.Refused(single(response.getGetResponses().getFirst()));
  }

  /** A lease that lives for a while. */
  long grantLease(Duration timeToLive) {
    return await("grantLease", client.getLeaseClient().grant(Math.max(1, timeToLive.toSeconds())))
        .getID();
  }

  /** Watches all keys from a revision on; the listener hears of it on one thread at a time. */
  Watch.Watcher watchAll(long fromRevision, Watch.Listener listener) {
    WatchOption option = WatchOption.builder().withRevision(fromRevision).withRange(ZERO).build();
    return client.getWatchClient().watch(ZERO, option, listener);
  }

  @Override
  public void close() {
    client.close();
  }

  private static @Nullable Entry single(GetResponse response) {
    return response.getKvs().isEmpty() ? null : entry(response.getKvs().getFirst());
  }

  static Entry entry(KeyValue pair) {
    return new Entry(
        pair.getKey().toString(UTF_8), pair.getValue().getBytes(), pair.getModRevision());
  }

  private static ByteSequence bytes(String text) {
    return ByteSequence.from(text, UTF_8);
  }

  private <R> R await(String operation, CompletableFuture<R> future) {
    long begun = System.nanoTime();
    try {
      return future.get(Limits.CALL_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw translated(e.getCause() == null ? e : e.getCause());
    } catch (TimeoutException e) {
      future.cancel(true);
      throw new StorageException.Unavailable("etcdserver: request timed out", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StorageException.Unavailable("interrupted while waiting for the store", e);
    } finally {
      metrics.called(operation, System.nanoTime() - begun);
    }
  }

  /** Whether a failure says that a revision is gone. */
  static boolean isCompacted(Throwable failure) {
    return failure instanceof io.etcd.jetcd.common.exception.CompactedException
        || String.valueOf(failure.getMessage()).contains("required revision has been compacted");
  }

  /** A failure of a call as ours. */
  static RuntimeException translated(Throwable failure) {
    if (isCompacted(failure)) {
      return new CompactedException(failure);
    }
    if (failure instanceof TimeoutException) {
      return new StorageException.Unavailable("etcdserver: request timed out", failure);
    }
    return new StorageException.Unavailable(String.valueOf(failure.getMessage()), failure);
  }
}
