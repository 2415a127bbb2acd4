package dev.tiphys.store.service;

import com.google.protobuf.CodedOutputStream;
import dev.tiphys.store.mvcc.StoreException;
import dev.tiphys.store.mvcc.WatchSession;
import dev.tiphys.store.rpc.WatchCreateRequest;
import dev.tiphys.store.rpc.WatchGrpc;
import dev.tiphys.store.rpc.WatchRequest;
import dev.tiphys.store.rpc.WatchResponse;
import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.Executor;

/** The Watch service: a session a stream. */
public final class WatchService implements BindableService, WatchGrpc.AsyncService {
  private static final MethodDescriptor<WatchRequest, Encoded> WATCH =
      Encoded.inPlaceOf(WatchGrpc.getWatchMethod());

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
  public ServerServiceDefinition bindService() {
    return Encoded.bind(
        WatchGrpc.bindService(this),
        ServerMethodDefinition.create(WATCH, ServerCalls.asyncBidiStreamingCall(this::open)));
  }

  /** As Watch, with the bytes of responses instead of messages. */
  private StreamObserver<WatchRequest> open(StreamObserver<Encoded> observer) {
    var stream = new Stream((ServerCallStreamObserver<Encoded>) observer);
    threads.execute(stream::run);
    return stream;
  }

  private final class Stream implements StreamObserver<WatchRequest>, WatchSession.Sink {
    private final ServerCallStreamObserver<Encoded> client;
    private final PacedSender<Encoded> sender;
    private final WatchSession session;

    /** What was sent last, to whichever watch; for the thread that sends. */
    private byte[] lastEvents = new byte[0];

    private byte[] lastHeader = new byte[0];

    Stream(ServerCallStreamObserver<Encoded> client) {
      this.client = client;
      this.sender = new PacedSender<>(client, this::leave);
      this.session = cluster.machine().watches().open(settings, this);
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

    @Override
    public void send(WatchResponse response) throws InterruptedException {
      sender.send(
          Encoded.of(response.toBuilder().setHeader(cluster.header(response.getHeader())).build()));
    }

    @Override
    public void send(long revision, long watchId, byte[] events) throws InterruptedException {
      if (events != lastEvents) {
        lastEvents = events;
        lastHeader =
            WatchResponse.newBuilder().setHeader(cluster.header(revision)).build().toByteArray();
      }
      sender.send(new Events(lastHeader, watchId, events));
    }
  }

  /** A response with events, which other watches are sent as well. */
  @SuppressWarnings("ArrayRecordComponent") // never compared, never changed
  private record Events(byte[] header, long watchId, byte[] events) implements Encoded {
    @Override
    public int size() {
      return header.length
          + CodedOutputStream.computeInt64Size(WatchResponse.WATCH_ID_FIELD_NUMBER, watchId)
          + events.length;
    }

    @Override
    public void writeTo(OutputStream target) throws IOException {
      byte[] id = new byte[size() - header.length - events.length];
      CodedOutputStream.newInstance(id).writeInt64(WatchResponse.WATCH_ID_FIELD_NUMBER, watchId);
      target.write(header);
      target.write(id);
      target.write(events);
    }
  }
}
