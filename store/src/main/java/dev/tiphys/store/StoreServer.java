package dev.tiphys.store;

import dev.tiphys.daemon.Closers;
import dev.tiphys.daemon.Termination;
import dev.tiphys.store.auth.Authority;
import dev.tiphys.store.auth.JwtTokens;
import dev.tiphys.store.auth.Passwords;
import dev.tiphys.store.auth.SimpleTokens;
import dev.tiphys.store.auth.Tokens;
import dev.tiphys.store.disk.DirectoryDisk;
import dev.tiphys.store.disk.DirectoryLock;
import dev.tiphys.store.disk.RevisionLog;
import dev.tiphys.store.disk.StateSwap;
import dev.tiphys.store.disk.UnsyncedDisk;
import dev.tiphys.store.lease.LeaseKeeper;
import dev.tiphys.store.mvcc.Machine;
import dev.tiphys.store.mvcc.StoreException;
import dev.tiphys.store.mvcc.WatchSession;
import dev.tiphys.store.peer.Pause;
import dev.tiphys.store.peer.PeerTls;
import dev.tiphys.store.raft.CatchingUp;
import dev.tiphys.store.raft.Member;
import dev.tiphys.store.raft.RaftMetrics;
import dev.tiphys.store.raft.RaftNode;
import dev.tiphys.store.raft.RaftSettings;
import dev.tiphys.store.record.Command;
import dev.tiphys.store.record.MemberRecord;
import dev.tiphys.store.rpc.CompactionRequest;
import dev.tiphys.store.rpc.LeaseRevokeRequest;
import dev.tiphys.store.service.Access;
import dev.tiphys.store.service.AuthService;
import dev.tiphys.store.service.Callers;
import dev.tiphys.store.service.Cluster;
import dev.tiphys.store.service.ClusterService;
import dev.tiphys.store.service.ElectionService;
import dev.tiphys.store.service.HealthService;
import dev.tiphys.store.service.KvService;
import dev.tiphys.store.service.LeaseService;
import dev.tiphys.store.service.LockService;
import dev.tiphys.store.service.MaintenanceService;
import dev.tiphys.store.service.Quota;
import dev.tiphys.store.service.RequireLeader;
import dev.tiphys.store.service.Turns;
import dev.tiphys.store.service.WatchService;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running member: all parts, put together. */
final class StoreServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(StoreServer.class);

  private final Closers parts = new Closers();
  private final GrpcFront front;

  /** Starts everything; serves when it returns. */
  StoreServer(StoreConfig config, Termination termination) throws IOException {
    LongSupplier ticker = System::nanoTime;
    Pause pause = Thread::sleep;
    var random = new SecureRandom();
    try {
      config.peerTls().ifPresent(PeerTls::check);
      if (!config.synced()) {
        log.error(
            "--unsafe-no-fsync: what is answered is NOT on the disk, and a power cut loses it or"
                + " destroys everything; never run it with data that matters");
      }
      if (config.snapshotEntries() > Limits.CHECKPOINT_ENTRIES) {
        log.info(
            "--snapshot-count={} counts as {}",
            config.snapshotEntries(),
            Limits.CHECKPOINT_ENTRIES);
      }
      parts.add(DirectoryLock.own(config.dataDir()));
      var data = new DirectoryDisk(config.dataDir());
      var states = new StateSwap(data);
      var settled = states.settled();
      var disk = config.synced() ? settled : new UnsyncedDisk(settled);
      if (config.forceNewCluster() && disk.list().contains("checkpoint")) {
        ForcedCluster.make(data, uuid(random));
      }
      var tokens = tokens(config.auth().tokens(), ticker);
      var authority =
          new Authority(tokens instanceof SimpleTokens held ? held : Authority.TokenHolder.NONE);
      var measurements = new Measurements(ticker);
      var space = new Space(config.dataDir(), config.reserveBytes());
      var machine =
          parts.add(
              new Machine(
                  disk,
                  RevisionLog.Limits.within(config.quotaBytes()),
                  authority,
                  space,
                  measurements));
      states.confirm();
      var identity = Identity.load(config, machine.isBlank(), uuid(random), pause);
      var loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
      parts.add((AutoCloseable) () -> loop.shutdownGracefully(0, 1, TimeUnit.SECONDS));
      var threads = Executors.newVirtualThreadPerTaskExecutor();
      parts.add((AutoCloseable) threads::shutdownNow);
      var here = new CatchingUp(machine, ticker, pause);
      Audits.beforeTakingPart(config, identity, here, members(config, identity, machine), threads);
      var raft =
          parts.add(
              raft(
                  config,
                  identity,
                  machine,
                  threads,
                  loop,
                  ticker,
                  pause,
                  random,
                  measurements,
                  termination));
      parts.add(space); // ended before what may wait for it
      log.info(
          "opened data-dir={} member={} revision={} compacted={}",
          config.dataDir(),
          Long.toHexString(identity.member()),
          machine.revision(),
          machine.compacted());

      var housekeeper =
          parts.add(new Housekeeper(machine, checkpointEntries(config), ticker, termination));
      background(threads, "housekeeper", housekeeper::run, termination);
      background(threads, "watch-hub", machine.watches()::run, termination);
      var keeper =
          parts.add(
              new LeaseKeeper(
                  machine::leases,
                  lead(raft),
                  ticker,
                  (id, term) ->
                      raft.propose(
                          Command.newBuilder()
                              .setLeaseRevoke(LeaseRevokeRequest.newBuilder().setID(id))
                              .setLeaderTerm(term)
                              .build())));
      raft.countedBy(keeper);
      background(threads, "leases", () -> keeper.run(Limits.LEASE_SCAN), termination);

      var compactor =
          parts.add(
              new AutoCompactor(
                  config.compaction(),
                  machine::revision,
                  () -> raft.status().leading(),
                  ticker,
                  revision ->
                      raft.propose(
                          Command.newBuilder()
                              .setCompact(CompactionRequest.newBuilder().setRevision(revision))
                              .build())));
      background(threads, "auto-compactor", compactor::run, termination);

      var cluster =
          new Cluster(
              identity.clusterNumber(),
              identity.member(),
              machine,
              raft,
              new Access(authority, tokens, raft));
      var quota = new Quota(cluster, config.quotaBytes(), space::isTight);
      background(threads, "space", () -> space.run(alarm(quota)), termination);
      var kv =
          new KvService(
              cluster,
              quota,
              new KvService.Limits(config.maxRequestBytes(), config.maxTxnOps()),
              threads);
      var watches =
          new WatchSession.Settings(
              config.progressInterval(),
              config.maxRequestBytes() + Limits.REQUEST_OVERHEAD_BYTES,
              ticker);
      LongSupplier leaseId = () -> random.nextLong() & Long.MAX_VALUE;
      var turns = new Turns(cluster, watches, leaseId, threads);
      var attendance = parts.add(new Attendance(raft, self(config, identity), ticker));
      takePart(raft, attendance);
      var calls = new CallMetrics(config.timedCalls(), ticker);
      var leaderNeed = parts.add(new RequireLeader(() -> raft.status().leader() != 0));
      background(threads, "leader-need", () -> leaderNeed.run(config.election()), termination);
      var pages =
          new StatusPages(
              machine, raft, identity.member(), config.quotaBytes(), calls, measurements);
      front =
          parts.add(
              new GrpcFront(
                  config,
                  List.of(
                      kv,
                      new WatchService(cluster, watches, threads),
                      new LeaseService(cluster, keeper, leaseId, minLeaseSeconds(config)),
                      new LockService(turns),
                      new HealthService(raft),
                      new ElectionService(turns, threads),
                      new ClusterService(
                          cluster,
                          new ClusterService.Limits(
                              config.strictReconfigCheck(), config.maxLearners()),
                          random::nextLong),
                      new MaintenanceService(cluster, quota, threads),
                      new AuthService(
                          cluster,
                          new Passwords(config.auth().bcryptCost(), random),
                          tokens,
                          random)),
                  List.of(new Callers(authority, config.auth().certificates()), leaderNeed, calls),
                  loop,
                  threads,
                  ticker,
                  pages::page,
                  () -> authority.rules().enabled() && !raft.isFreshAtOnce()));
      pages.serve(config).forEach(parts::add);
      for (var watch : Audits.of(config, identity, here, raft, measurements, threads)) {
        parts.add(watch);
        background(threads, "corruption-watch", watch::run, termination);
      }
      background(threads, "attendance", attendance::run, termination);
    } catch (IOException | RuntimeException e) {
      parts.close();
      throw e;
    }
  }

  private static UUID uuid(SecureRandom random) {
    return new UUID(random.nextLong(), random.nextLong());
  }

  private static LeaseKeeper.Lead lead(RaftNode raft) {
    return new LeaseKeeper.Lead() {
      @Override
      public long term() {
        return raft.leadingTerm();
      }

      @Override
      public long confirmedTerm() throws InterruptedException {
        return raft.confirmedTerm();
      }
    };
  }

  private static Space.Alarm alarm(Quota quota) {
    return new Space.Alarm() {
      @Override
      public void raise() throws InterruptedException {
        quota.raise();
      }

      @Override
      public void clear() throws InterruptedException {
        quota.clear();
      }

      @Override
      public void reconsider() throws InterruptedException {
        quota.reconsider();
      }
    };
  }

  /** The client ports, in the order of --listen-client-urls. */
  List<Integer> clientPorts() {
    return front.ports();
  }

  @Override
  public void close() {
    parts.close();
  }

  /**
   * Whoever connects finds a store that answers, and that counts as started where members are
   * added, unless the others keep it waiting.
   */
  private static void takePart(RaftNode raft, Attendance attendance) throws IOException {
    try {
      raft.awaitLeading();
      attendance.tell();
    } catch (StoreException e) {
      log.info("no leader yet: serving what needs none");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while starting");
    }
  }

  private static RaftNode raft(
      StoreConfig config,
      Identity identity,
      Machine machine,
      ExecutorService threads,
      EventLoopGroup loop,
      LongSupplier ticker,
      Pause pause,
      SecureRandom random,
      RaftMetrics metrics,
      Termination termination)
      throws IOException {
    return new RaftNode(
        new RaftSettings(
            config.dataDir(),
            identity.cluster(),
            identity.member(),
            members(config, identity, machine),
            config.peerListeners(),
            config.peerTls().orElse(null),
            config.heartbeat(),
            config.election(),
            RaftNode.maxEntryBytes(config.maxRequestBytes()),
            checkpointEntries(config),
            config.synced(),
            metrics),
        machine,
        threads,
        random.nextLong(),
        Limits.REQUEST,
        loop,
        ticker,
        pause,
        termination::fail);
  }

  private static Tokens tokens(AuthConfig.TokenKind kind, LongSupplier ticker) {
    return switch (kind) {
      case AuthConfig.TokenKind.Simple(var timeToLive) -> new SimpleTokens(timeToLive, ticker);
      case AuthConfig.TokenKind.Jwt(var key, var timeToLive) ->
          new JwtTokens(key, timeToLive, InstantSource.system());
    };
  }

  private static long checkpointEntries(StoreConfig config) {
    return Math.min(config.snapshotEntries(), Limits.CHECKPOINT_ENTRIES);
  }

  /** The numbers are those of the flags, but this member's is what its data directory says. */
  private static List<Member> members(StoreConfig config, Identity identity, Machine machine) {
    if (identity.alone() || orderedAlone(config, machine)) {
      return List.of(new Member(identity.member(), config.name(), config.peerUrls()));
    }
    // Flags that describe a cluster that this one is not say nothing of its members.
    if (config.existingCluster() || !identity.describedBy(config)) {
      return List.of();
    }
    return config.initialMembers().stream()
        .map(m ->
            m.name().equals(config.name())
                ? new Member(identity.member(), m.name(), m.peerUrls())
                : m)
        .toList();
  }

  /** Identities that earlier releases wrote do not tell who began alone; but it shows. */
  private static boolean orderedAlone(StoreConfig config, Machine machine) {
    return machine.applied().index() >= 0
        && machine.members().size() <= 1
        && !Files.exists(config.dataDir().resolve("raft"));
  }

  /** What the others are told of this member. */
  private static MemberRecord self(StoreConfig config, Identity identity) {
    return MemberRecord.newBuilder()
        .setId(identity.member())
        .setName(config.name())
        .addAllPeerUrls(config.peerUrls())
        .addAllClientUrls(config.advertiseClientUrls())
        .build();
  }

  /** A lease must outlive an election, as etcd has it. */
  private static long minLeaseSeconds(StoreConfig config) {
    return Math.ceilDiv(config.election().toMillis() * 3 / 2, 1000);
  }

  /** A part that works in the background until the end. */
  @FunctionalInterface
  private interface Work {
    void run() throws Exception;
  }

  private static void background(
      ExecutorService threads, String name, Work work, Termination termination) {
    threads.execute(() -> {
      try {
        work.run();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt(); // the end
      } catch (Exception e) {
        log.error("part failed name={}", name, e);
        termination.fail(name + " failed: " + e.getMessage());
      }
    });
  }
}
