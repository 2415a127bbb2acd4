package dev.tiphys.store.service;

import com.google.protobuf.MessageLite;
import dev.tiphys.store.mvcc.Checks;
import dev.tiphys.store.mvcc.RangeAnswer;
import dev.tiphys.store.mvcc.RangePieces;
import dev.tiphys.store.mvcc.StoreError;
import dev.tiphys.store.record.Command;
import dev.tiphys.store.rpc.CompactionRequest;
import dev.tiphys.store.rpc.CompactionResponse;
import dev.tiphys.store.rpc.DeleteRangeRequest;
import dev.tiphys.store.rpc.DeleteRangeResponse;
import dev.tiphys.store.rpc.KVGrpc;
import dev.tiphys.store.rpc.PutRequest;
import dev.tiphys.store.rpc.PutResponse;
import dev.tiphys.store.rpc.RangeRequest;
import dev.tiphys.store.rpc.RequestOp;
import dev.tiphys.store.rpc.TxnRequest;
import dev.tiphys.store.rpc.TxnResponse;
import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.function.Function;

/** The KV service. Its methods are called by the event loop. */
public final class KvService implements BindableService, KVGrpc.AsyncService {
  private static final MethodDescriptor<RangeRequest, Encoded> RANGE =
      Encoded.inPlaceOf(KVGrpc.getRangeMethod());

  private static final MethodDescriptor<RangeRequest, Encoded> RANGE_STREAM =
      Encoded.inPlaceOf(KVGrpc.getRangeStreamMethod());

  /** A piece of a stream of ranges, about: one read of the disk, and sixteen frames of HTTP/2. */
  private static final int PIECE_BYTES = 256 << 10;

  /** How long a client of such a stream may take nothing of it. It holds a thread meanwhile. */
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final Cluster cluster;
  private final Quota quota;
  private final Limits limits;
  private final Executor threads;
  private final Semaphore readers = new Semaphore(Runtime.getRuntime().availableProcessors());

  /**
   * Bounds on a request.
   *
   * @param maxRequestBytes of its encoded form
   * @param maxTxnOps operations or comparisons in one transaction
   */
  public record Limits(int maxRequestBytes, int maxTxnOps) {}

  /** Takes the shared parts, the bounds, and threads for what must wait. */
  public KvService(Cluster cluster, Quota quota, Limits limits, Executor threads) {
    this.cluster = cluster;
    this.quota = quota;
    this.limits = limits;
    this.threads = threads;
  }

  @Override
  public ServerServiceDefinition bindService() {
    return Encoded.bind(
        Encoded.bind(
            KVGrpc.bindService(this),
            ServerMethodDefinition.create(RANGE, ServerCalls.asyncUnaryCall(this::answer))),
        ServerMethodDefinition.create(
            RANGE_STREAM, ServerCalls.asyncServerStreamingCall(this::stream)));
  }

  /** As Range, with the bytes of the answer instead of a message. */
  private void answer(RangeRequest request, StreamObserver<Encoded> observer) {
    // One key is found as fast as a thread is changed.
    boolean quick =
        request.getRangeEnd().isEmpty()
            && (request.getSerializable() || cluster.raft().isFreshAtOnce());
    Calls.answer(
        quick ? Runnable::run : threads,
        observer,
        () -> {
          Checks.range(request);
          if (!request.getSerializable()) {
            cluster.raft().awaitFresh();
          }
          return cluster.access().range(request, () -> read(request, quick));
        });
  }

  /**
   * Reads and encodes. Of long answers few are made at a time, until their bytes are handed over:
   * more would only push each other's bytes out of the processors' caches, and take buffers that
   * are not at hand.
   */
  private Encoded read(RangeRequest request, boolean quick)
      throws IOException, InterruptedException {
    if (quick) {
      return encoded(cluster.machine().answer(request), () -> {});
    }
    readers.acquire();
    try {
      return encoded(cluster.machine().answer(request), readers::release);
    } catch (IOException | RuntimeException e) {
      readers.release();
      throw e;
    }
  }

  private Encoded encoded(RangeAnswer answer, Runnable closed) throws IOException {
    try {
      return Encoded.of(answer, cluster.header(answer.revision()), closed);
    } catch (IOException | RuntimeException e) {
      answer.close();
      throw e;
    }
  }

  /** As RangeStream. The header is that of the last piece, and tells what was newest at first. */
  private void stream(RangeRequest request, StreamObserver<Encoded> observer) {
    Calls.stream(
        threads,
        observer,
        PATIENCE,
        client -> {
          Checks.rangeStream(request);
          if (!request.getSerializable()) {
            cluster.raft().awaitFresh();
          }
          var pieces =
              cluster.access().range(request, () -> cluster.machine().pieces(request, PIECE_BYTES));
          while (pieces.hasNext()) {
            client.awaitReady();
            send(request, pieces, client);
          }
        });
  }

  private void send(RangeRequest request, RangePieces pieces, PacedSender<Encoded> client)
      throws Exception {
    readers.acquire();
    try (var piece = cluster.access().range(request, pieces::next)) {
      var header = pieces.hasNext() ? null : cluster.header(piece.revision());
      client.send(Encoded.ofPiece(piece, header));
    } finally {
      readers.release();
    }
  }

  @Override
  public void put(PutRequest request, StreamObserver<PutResponse> observer) {
    write(
        observer,
        request.getSerializedSize(),
        true,
        () -> {
          Checks.put(request);
          return Command.newBuilder().setPut(request);
        },
        answer -> {
          var response = (PutResponse) answer;
          return response.toBuilder().setHeader(cluster.header(response.getHeader())).build();
        });
  }

  @Override
  public void deleteRange(
      DeleteRangeRequest request, StreamObserver<DeleteRangeResponse> observer) {
    write(
        observer,
        request.getSerializedSize(),
        false,
        () -> {
          Checks.delete(request);
          return Command.newBuilder().setDeleteRange(request);
        },
        answer -> {
          var response = (DeleteRangeResponse) answer;
          return response.toBuilder().setHeader(cluster.header(response.getHeader())).build();
        });
  }

  @Override
  public void txn(TxnRequest request, StreamObserver<TxnResponse> observer) {
    if (Checks.readOnly(request)) {
      Calls.answer(threads, observer, () -> read(request));
      return;
    }
    write(
        observer,
        request.getSerializedSize(),
        Checks.mayPut(request),
        () -> {
          Checks.txn(request, limits.maxTxnOps());
          return Command.newBuilder().setTxn(request);
        },
        answer -> {
          var response = (TxnResponse) answer;
          return response.toBuilder().setHeader(cluster.header(response.getHeader())).build();
        });
  }

  private TxnResponse read(TxnRequest request) throws Exception {
    Checks.txn(request, limits.maxTxnOps());
    if (!serializable(request)) {
      cluster.raft().awaitFresh();
    }
    var response = cluster.access().txn(request, () -> cluster.machine().read(request));
    return response.toBuilder().setHeader(cluster.header(response.getHeader())).build();
  }

  /**
   * Has a command ordered. Where nothing must be waited for, no thread waits: the request goes from
   * the event loop to whoever orders, and the answer from there to the event loop.
   */
  private <T> void write(
      StreamObserver<T> observer,
      int bytes,
      boolean needsSpace,
      Calls.Answer<Command.Builder> request,
      Function<MessageLite, T> answer) {
    if (!cluster.raft().isReady() || (needsSpace && quota.isPassedBy(bytes))) {
      Calls.answer(
          threads,
          observer,
          () -> {
            checkSize(bytes);
            var command = cluster.signed(request.get());
            if (needsSpace) {
              quota.check(bytes);
            }
            return answer.apply(cluster.raft().propose(command));
          });
      return;
    }
    try {
      checkSize(bytes);
      cluster
          .raft()
          .order(cluster.signed(request.get()))
          .whenComplete((outcome, failure) -> Calls.finish(observer, outcome, failure, answer));
    } catch (Exception e) {
      observer.onError(Errors.status(e));
    }
  }

  @Override
  public void compact(CompactionRequest request, StreamObserver<CompactionResponse> observer) {
    Calls.answer(
        threads,
        observer,
        () -> {
          var response =
              cluster.propose(Command.newBuilder().setCompact(request), CompactionResponse.class);
          if (request.getPhysical()) {
            cluster.machine().dropCompacted();
          }
          return response.toBuilder().setHeader(cluster.header(response.getHeader())).build();
        });
  }

  private void checkSize(int bytes) {
    if (bytes > limits.maxRequestBytes()) {
      throw StoreError.REQUEST_TOO_LARGE.exception();
    }
  }

  /** Without comparisons, and every range says so. */
  private static boolean serializable(TxnRequest request) {
    for (var branch : List.of(request.getSuccessList(), request.getFailureList())) {
      for (RequestOp op : branch) {
        if (!op.hasRequestRange() || !op.getRequestRange().getSerializable()) {
          return false;
        }
      }
    }
    return request.getCompareCount() == 0;
  }
}
