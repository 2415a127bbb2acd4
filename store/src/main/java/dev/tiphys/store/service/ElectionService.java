package dev.tiphys.store.service;

import com.google.protobuf.ByteString;
import dev.tiphys.store.mvcc.StoreError;
import dev.tiphys.store.rpc.CampaignRequest;
import dev.tiphys.store.rpc.CampaignResponse;
import dev.tiphys.store.rpc.ElectionGrpc;
import dev.tiphys.store.rpc.KeyValue;
import dev.tiphys.store.rpc.LeaderKey;
import dev.tiphys.store.rpc.LeaderRequest;
import dev.tiphys.store.rpc.LeaderResponse;
import dev.tiphys.store.rpc.ProclaimRequest;
import dev.tiphys.store.rpc.ProclaimResponse;
import dev.tiphys.store.rpc.PutRequest;
import dev.tiphys.store.rpc.RequestOp;
import dev.tiphys.store.rpc.ResignRequest;
import dev.tiphys.store.rpc.ResignResponse;
import dev.tiphys.store.rpc.ResponseHeader;
import dev.tiphys.store.rpc.TxnRequest;
import dev.tiphys.store.rpc.WatchCreateRequest;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** The Election service: whose turn it is leads, and says what his key's value says. */
public final class ElectionService extends ElectionGrpc.ElectionImplBase {
  private final Turns turns;
  private final Cluster cluster;
  private final Executor threads;

  /** Takes the line to wait in, and what runs observers. */
  public ElectionService(Turns turns, Executor threads) {
    this.turns = turns;
    this.cluster = turns.cluster();
    this.threads = threads;
  }

  @Override
  public void campaign(CampaignRequest request, StreamObserver<CampaignResponse> observer) {
    Turns.answer(
        observer,
        () -> {
          var place = turns.take(request.getName(), request.getLease(), request.getValue());
          var leader =
              LeaderKey.newBuilder()
                  .setName(request.getName())
                  .setKey(place.key())
                  .setRev(place.revision())
                  .setLease(place.lease())
                  .build();
          if (place.found() != null && !place.found().getValue().equals(request.getValue())) {
            proclaim(leader, request.getValue());
          }
          turns.await(place, request.getLease() == 0);
          return CampaignResponse.newBuilder().setHeader(place.header()).setLeader(leader).build();
        });
  }

  @Override
  public void proclaim(ProclaimRequest request, StreamObserver<ProclaimResponse> observer) {
    Turns.answer(
        observer,
        () -> {
          needLeader(request.hasLeader());
          return ProclaimResponse.newBuilder()
              .setHeader(proclaim(request.getLeader(), request.getValue()))
              .build();
        });
  }

  @Override
  public void leader(LeaderRequest request, StreamObserver<LeaderResponse> observer) {
    Turns.answer(
        observer,
        () -> {
          var response = turns.range(Turns.oldest(Turns.prefix(request.getName())).build());
          if (response.getKvsCount() == 0) {
            throw StoreError.ELECTION_NO_LEADER.exception();
          }
          return LeaderResponse.newBuilder()
              .setHeader(cluster.header(response.getHeader()))
              .setKv(response.getKvs(0))
              .build();
        });
  }

  @Override
  public void resign(ResignRequest request, StreamObserver<ResignResponse> observer) {
    Turns.answer(
        observer,
        () -> {
          needLeader(request.hasLeader());
          var response = turns.leave(request.getLeader().getKey(), request.getLeader().getRev());
          return ResignResponse.newBuilder()
              .setHeader(cluster.header(response.getHeader()))
              .build();
        });
  }

  @Override
  public void observe(LeaderRequest request, StreamObserver<LeaderResponse> observer) {
    var client = (ServerCallStreamObserver<LeaderResponse>) observer;
    var sender = new PacedSender<>(client, () -> {});
    threads.execute(
        Context.current()
            .wrap(() -> {
              try {
                new Observation(Turns.prefix(request.getName()), sender).run();
              } catch (Exception e) {
                if (!sender.isGone()) {
                  client.onError(Turns.status(e));
                }
              }
            }));
  }

  private ResponseHeader proclaim(LeaderKey leader, ByteString value) throws InterruptedException {
    var put =
        PutRequest.newBuilder().setKey(leader.getKey()).setValue(value).setLease(leader.getLease());
    var response =
        turns.txn(
            TxnRequest.newBuilder()
                .addCompare(Turns.created(leader.getKey(), leader.getRev()))
                .addSuccess(RequestOp.newBuilder().setRequestPut(put)));
    if (!response.getSucceeded()) {
      throw StoreError.ELECTION_NOT_LEADER.exception();
    }
    return cluster.header(response.getHeader());
  }

  private static void needLeader(boolean given) {
    if (!given) {
      throw Status.UNKNOWN
          .withDescription("\"leader\" field must be provided")
          .asRuntimeException();
    }
  }

  /** Tells one client of every leader, and of everything a leader proclaims. */
  private final class Observation {
    private final ByteString prefix;
    private final PacedSender<LeaderResponse> sender;
    private @Nullable KeyValue last;

    Observation(ByteString prefix, PacedSender<LeaderResponse> sender) {
      this.prefix = prefix;
      this.sender = sender;
    }

    void run() throws Exception {
      var first = turns.range(Turns.oldest(prefix).build());
      long seen = first.getHeader().getRevision();
      if (first.getKvsCount() > 0) {
        tell(first.getKvs(0), seen);
      }
      turns.watch(
          WatchCreateRequest.newBuilder()
              .setKey(prefix)
              .setRangeEnd(Turns.after(prefix))
              .setStartRevision(seen + 1)
              .build(),
          response -> {
            if (response.getCanceled()) {
              // Leaders were compacted that this client was not told of: as etcd ends it.
              throw Status.UNKNOWN
                  .withDescription("election: observe closed early")
                  .asRuntimeException();
            }
            long revision = 0;
            for (var event : response.getEventsList()) {
              if (event.getKv().getModRevision() != revision) {
                revision = event.getKv().getModRevision();
                lookAt(revision);
              }
            }
          });
    }

    private void lookAt(long revision) throws InterruptedException {
      try {
        var response = cluster.machine().range(Turns.oldest(prefix).setRevision(revision).build());
        if (response.getKvsCount() > 0 && !response.getKvs(0).equals(last)) {
          tell(response.getKvs(0), revision);
        }
      } catch (java.io.IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }

    private void tell(KeyValue leader, long revision) throws InterruptedException {
      last = leader;
      sender.send(
          LeaderResponse.newBuilder().setHeader(cluster.header(revision)).setKv(leader).build());
    }
  }
}
