package dev.tiphys.store.service;

import dev.tiphys.store.mvcc.WatchSession;
import dev.tiphys.store.rpc.WatchGrpc;
import dev.tiphys.store.rpc.WatchRequest;
import dev.tiphys.store.rpc.WatchResponse;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;

/** The Watch service: a session a stream. */
public final class WatchService extends WatchGrpc.WatchImplBase {
  private final Cluster cluster;
  private final WatchSession.Settings settings;
  private final Executor threads;

  /** Takes the shared parts and what runs the sessions. */
  public WatchService(Cluster cluster, WatchSession.Settings settings, Executor threads) {
    this.cluster = cluster;
    this.settings = settings;
    this.threads = threads;
  }

  @Override
  public StreamObserver<WatchRequest> watch(StreamObserver<WatchResponse> observer) {
    var stream = new Stream((ServerCallStreamObserver<WatchResponse>) observer);
    threads.execute(stream::run);
    return stream;
  }

  private final class Stream implements StreamObserver<WatchRequest> {
    private final ServerCallStreamObserver<WatchResponse> client;
    private final Semaphore ready = new Semaphore(0);
    private final WatchSession session;
    private volatile boolean gone;

    Stream(ServerCallStreamObserver<WatchResponse> client) {
      this.client = client;
      this.session = cluster.machine().watches().open(settings, this::send);
      client.setOnReadyHandler(ready::release);
      client.setOnCancelHandler(this::leave);
    }

    void run() {
      try {
        session.run();
        if (!gone) {
          client.onCompleted();
        }
      } catch (Exception e) {
        if (!gone) {
          client.onError(Errors.status(e));
        }
      }
    }

    @Override
    public void onNext(WatchRequest request) {
      switch (request.getRequestUnionCase()) {
        case CREATE_REQUEST -> session.create(request.getCreateRequest());
        case CANCEL_REQUEST -> session.cancel(request.getCancelRequest().getWatchId());
        case PROGRESS_REQUEST -> session.requestProgress();
        case REQUESTUNION_NOT_SET -> {}
      }
    }

    @Override
    public void onError(Throwable failure) {
      leave();
    }

    @Override
    public void onCompleted() {
      session.close();
    }

    private void leave() {
      gone = true;
      session.close();
      ready.release();
    }

    private void send(WatchResponse response) throws InterruptedException {
      while (!client.isReady()) {
        if (gone) {
          throw Status.CANCELLED.asRuntimeException();
        }
        ready.acquire();
        ready.drainPermits();
      }
      client.onNext(response.toBuilder().setHeader(cluster.header(response.getHeader())).build());
    }
  }
}
