package dev.tiphys.store.service;

import dev.tiphys.store.mvcc.StoreException;
import dev.tiphys.store.mvcc.WatchSession;
import dev.tiphys.store.rpc.WatchCreateRequest;
import dev.tiphys.store.rpc.WatchGrpc;
import dev.tiphys.store.rpc.WatchRequest;
import dev.tiphys.store.rpc.WatchResponse;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.Executor;

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
    private final PacedSender<WatchResponse> sender;
    private final WatchSession session;

    Stream(ServerCallStreamObserver<WatchResponse> client) {
      this.client = client;
      this.sender = new PacedSender<>(client, this::leave);
      this.session = cluster.machine().watches().open(settings, this::send);
    }

    void run() {
      try {
        session.run();
        if (!sender.isGone()) {
          client.onCompleted();
        }
      } catch (Exception e) {
        if (!sender.isGone()) {
          client.onError(Errors.status(e));
        }
      }
    }

    @Override
    public void onNext(WatchRequest request) {
      switch (request.getRequestUnionCase()) {
        case CREATE_REQUEST -> create(request.getCreateRequest());
        case CANCEL_REQUEST -> session.cancel(request.getCancelRequest().getWatchId());
        case PROGRESS_REQUEST -> session.requestProgress();
        case REQUESTUNION_NOT_SET -> {}
      }
    }

    private void create(WatchCreateRequest request) {
      try {
        cluster.access().needRead(WatchSession.range(request));
        session.create(request);
      } catch (StoreException e) {
        // As etcd puts it, with the code inside the text.
        var code = Errors.status(e).getStatus().getCode();
        session.refuse("rpc error: code = " + Errors.name(code) + " desc = " + e.error().text());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        leave(); // the end of the member
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
      session.close();
      sender.leave();
    }

    private void send(WatchResponse response) throws InterruptedException {
      sender.send(response.toBuilder().setHeader(cluster.header(response.getHeader())).build());
    }
  }
}
