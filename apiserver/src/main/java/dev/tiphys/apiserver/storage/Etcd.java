package dev.tiphys.apiserver.storage;

import dev.tiphys.apiserver.grpc.GrpcChannel;
import dev.tiphys.apiserver.grpc.GrpcException;
import dev.tiphys.daemon.ConfigException;
import dev.tiphys.daemon.tls.OwnCertificate;
import dev.tiphys.daemon.tls.Pem;
import io.netty.handler.codec.http2.Http2SecurityUtil;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The few calls of etcd's API that storage is made of, blocking, with typed errors. Reads are asked
 * again while the store is away; writes, which it may have done, are not: see {@link
 * ConditionalWrites}. Thread-safe.
 */
final class Etcd implements AutoCloseable {

  private static final String RANGE = "/etcdserverpb.KV/Range";
  private static final String TXN = "/etcdserverpb.KV/Txn";
  private static final String COMPACT = "/etcdserverpb.KV/Compact";
  private static final String LEASE_GRANT = "/etcdserverpb.Lease/LeaseGrant";
  private static final String WATCH = "/etcdserverpb.Watch/Watch";

  /** By this key upstream's API servers agree on who compacts; it stands outside of the prefix. */
  static final String COMPACTION_KEY = "compact_rev_key";

  private static final String NO_SPACE = "database space exceeded";

  /** As a key it is before all others; as the end of a range it is behind all. */
  private static final byte[] ZERO = {0};

  /** How far the store is: what there is under a key that there never is. */
  private static final byte[] COUNT_NOTHING =
      new EtcdWriter().bytes(1, ZERO).number(3, 1).number(9, 1).done();

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
   * What came of wanting to compact.
   *
   * @param won whether it is the caller's to do
   * @param version of the key now: how often it has been won; 0 if never
   * @param revision of the store
   */
  record Claim(boolean won, long version, long revision) {}

  private final GrpcChannel channel;
  private final StoreMetrics metrics;

  private Etcd(GrpcChannel channel, StoreMetrics metrics) {
    this.channel = channel;
    this.metrics = metrics;
  }

  /**
   * Prepares the connection, which is made when it is first used.
   *
   * @throws ConfigException if a certificate or key cannot be used
   */
  static Etcd connect(StoreConfig config, StoreMetrics metrics) {
    boolean secure = "https".equals(config.endpoints().getFirst().getScheme());
    return new Etcd(new GrpcChannel(config.endpoints(), secure ? tls(config) : null), metrics);
  }

  private static SslContext tls(StoreConfig config) {
    try {
      @Nullable Path caFile = config.caFile();
      @Nullable Path certFile = config.certFile();
      @Nullable Path keyFile = config.keyFile();
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
      if (caFile != null) {
        ssl.trustManager(Pem.certificates(caFile).toArray(X509Certificate[]::new));
      }
      if (certFile != null && keyFile != null) {
        ssl.keyManager(OwnCertificate.read(certFile, keyFile));
      }
      return ssl.build();
    } catch (IOException | GeneralSecurityException e) {
      throw new ConfigException(
          "--etcd-cafile, --etcd-certfile or --etcd-keyfile: " + e.getMessage(), e);
    }
  }

  /**
   * The store's revision, agreed on by a majority; completes on the thread that receives answers,
   * with a {@link GrpcException} if there is none.
   */
  CompletableFuture<Long> revisionSoon() {
    return channel
        .unary(RANGE, COUNT_NOTHING, Limits.CALL_TIMEOUT, true)
        .thenApply(EtcdAnswers::revision);
  }

  /** The store's revision, agreed on by a majority. */
  long revision() {
    return EtcdAnswers.revision(call("revision", RANGE, COUNT_NOTHING, true));
  }

  /** What is under a key, as a majority knows it; null for nothing. */
  @Nullable Entry get(String key) {
    byte[] answer = call("get", RANGE, new EtcdWriter().text(1, key).done(), true);
    List<Entry> found = EtcdAnswers.range(answer, 0).entries();
    return found.isEmpty() ? null : found.getFirst();
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
    byte[] request =
        new EtcdWriter().text(1, from).text(2, to).number(3, limit).number(4, revision).done();
    return EtcdAnswers.range(call("list", RANGE, request, true), revision);
  }

  /**
   * Puts a value if the key has not changed since a revision.
   *
   * @param expected 0 for a key that must not be there
   * @param lease 0 for none
   */
  Written put(String key, long expected, byte[] value, long lease) {
    EtcdWriter put = new EtcdWriter().text(1, key).bytes(2, value).number(3, lease);
    return write("put", key, expected, new EtcdWriter().message(2, put));
  }

  /** Deletes a key if it has not changed since a revision. */
  Written delete(String key, long expected) {
    EtcdWriter deletion = new EtcdWriter().text(1, key);
    return write("delete", key, expected, new EtcdWriter().message(3, deletion));
  }

  private Written write(String name, String key, long expected, EtcdWriter operation) {
    // EQUAL is the comparison that need not be said; 2 is MOD.
    EtcdWriter unchanged = new EtcdWriter().number(2, 2).text(3, key).number(6, expected);
    EtcdWriter read = new EtcdWriter().message(1, new EtcdWriter().text(1, key));
    byte[] request =
        new EtcdWriter().message(1, unchanged).message(2, operation).message(3, read).done();
    return EtcdAnswers.written(call(name, TXN, request, false));
  }

  /**
   * Wins the right to compact if nobody has since the key had a version.
   *
   * <p>Of a store that refuses to write for want of space it is won by all who know the version.
   *
   * @param version that the caller knows; 0 if there was no key
   * @param revision at which the caller would compact, noted under the key
   */
  Claim claimCompaction(long version, long revision) {
    // EQUAL is the comparison that need not be said, and so is VERSION.
    EtcdWriter unchanged = new EtcdWriter().text(3, COMPACTION_KEY).number(4, version);
    EtcdWriter put = new EtcdWriter().text(1, COMPACTION_KEY).text(2, Long.toString(revision));
    byte[] read = new EtcdWriter().text(1, COMPACTION_KEY).done();
    byte[] request =
        new EtcdWriter()
            .message(1, unchanged)
            .message(2, new EtcdWriter().message(2, put))
            .message(3, new EtcdWriter().bytes(1, read))
            .done();
    try {
      return EtcdAnswers.claim(call("compactRevPut", TXN, request, false), version + 1);
    } catch (StorageException.Unavailable e) {
      if (!String.valueOf(e.getMessage()).contains(NO_SPACE)) {
        throw e;
      }
      byte[] answer = call("compactRevGet", RANGE, read, true);
      long now = EtcdAnswers.version(answer);
      return new Claim(now == version, now, EtcdAnswers.revision(answer));
    }
  }

  /**
   * Lets the store forget what was replaced or deleted before a revision.
   *
   * @throws CompactedException if it has done so already
   */
  void compact(long revision) {
    call("compact", COMPACT, new EtcdWriter().number(1, revision).done(), false);
  }

  /** A lease that lives for a while. */
  long grantLease(Duration timeToLive) {
    byte[] request = new EtcdWriter().number(1, Math.max(1, timeToLive.toSeconds())).done();
    // A lease too many ends by itself.
    return EtcdAnswers.lease(call("grantLease", LEASE_GRANT, request, true));
  }

  /** Watches all keys from a revision on. */
  EtcdWatch watchAll(long fromRevision) {
    return watch(new EtcdWriter().bytes(1, ZERO).bytes(2, ZERO), fromRevision);
  }

  /**
   * Watches keys from a revision on, which may be long past.
   *
   * @param from inclusive
   * @param to exclusive
   */
  EtcdWatch watch(String from, String to, long fromRevision) {
    return watch(new EtcdWriter().text(1, from).text(2, to), fromRevision);
  }

  private EtcdWatch watch(EtcdWriter keys, long fromRevision) {
    byte[] request = new EtcdWriter().message(1, keys.number(3, fromRevision)).done();
    return new EtcdWatch(channel.stream(WATCH, request, Limits.CALL_TIMEOUT));
  }

  @Override
  public void close() {
    channel.close();
  }

  private byte[] call(String operation, String path, byte[] request, boolean repeatable) {
    long begun = System.nanoTime();
    CompletableFuture<byte[]> answer =
        channel.unary(path, request, Limits.CALL_TIMEOUT, repeatable);
    try {
      // Ends by itself when the time is over.
      return answer.get();
    } catch (ExecutionException e) {
      throw translated(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StorageException.Unavailable("interrupted while waiting for the store", e);
    } finally {
      metrics.called(operation, System.nanoTime() - begun);
    }
  }

  /** A failure of a call as ours. */
  static RuntimeException translated(Throwable failure) {
    Throwable cause = failure.getCause();
    if ((failure instanceof ExecutionException || failure instanceof CompletionException)
        && cause != null) {
      return translated(cause);
    }
    if (failure instanceof StorageException known) {
      return known;
    }
    String message = String.valueOf(failure.getMessage());
    if (message.contains("required revision has been compacted")) {
      return new CompactedException(failure);
    }
    if (failure instanceof GrpcException call && call.status() == GrpcException.DEADLINE_EXCEEDED) {
      return new StorageException.Unavailable("etcdserver: request timed out", failure);
    }
    return new StorageException.Unavailable(message, failure);
  }
}
