package dev.tiphys.store.gateway;

import dev.tiphys.store.gateway.Routes.Route;
import dev.tiphys.store.rpc.WatchGrpc;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.core.json.JsonFactory;

/** One request to the gateway, from its text to its answer. */
public final class JsonCall {
  private static final Logger log = LoggerFactory.getLogger(JsonCall.class);
  private static final Map<String, String> TEXT =
      Map.of("Content-Type", "text/plain; charset=utf-8", "X-Content-Type-Options", "nosniff");

  /** How long a client may take nothing of an answer that is not a stream. */
  static final Duration PATIENCE = Duration.ofSeconds(30);

  private final JsonGateway gateway;
  private final JsonRequest request;
  private final JsonAnswer answer;
  private final Context.CancellableContext context = Context.ROOT.withCancellation();
  private final Semaphore room = new Semaphore(0);
  private volatile @Nullable Bridge<?, ?> bridge;
  private volatile boolean left;

  JsonCall(JsonGateway gateway, JsonRequest request, JsonAnswer answer) {
    this.gateway = gateway;
    this.request = request;
    this.answer = answer;
  }

  /**
   * Does all of it; returns when it is answered or the client has left, which a watch may keep from
   * happening for days. Interrupt it at the end of the member. Run it once, on a thread of its own.
   */
  public void run() {
    var json = gateway.json();
    var previous = context.attach();
    try {
      call(json);
    } catch (StatusRuntimeException e) {
      refuse(json, e.getStatus());
    } catch (InterruptedException | InterruptedIOException e) {
      Thread.currentThread().interrupt();
      answer.abandon();
    } catch (IOException | JacksonException e) {
      log.debug("answer not taken path={} reason={}", request.path(), e.getMessage());
      answer.abandon();
    } catch (RuntimeException e) {
      log.error("request failed path={}", request.path(), e);
      answer.abandon();
    } finally {
      context.detach(previous);
      context.cancel(null);
    }
  }

  /**
   * The client has left before the end: the call is cancelled. From any thread that may take some
   * time, for those who wait for this are run on it.
   */
  public void leave() {
    left = true;
    context.cancel(Status.CANCELLED.withDescription("the client left").asRuntimeException());
    room.release();
    var running = bridge;
    if (running != null) {
      running.leave();
    }
  }

  /** The client may take more, see {@link JsonAnswer#isWritable}; from any thread. */
  public void look() {
    room.release();
    var running = bridge;
    if (running != null) {
      running.look();
    }
  }

  private void call(JsonFactory json) throws IOException, InterruptedException {
    var route = gateway.routes().find(request.path());
    if (route.isEmpty()) {
      answer.whole(404, TEXT, "Not Found\n".getBytes(StandardCharsets.US_ASCII));
    } else if (!request.method().equals("POST")) {
      answer.whole(405, TEXT, "Method Not Allowed\n".getBytes(StandardCharsets.US_ASCII));
    } else {
      call(json, route.get());
    }
  }

  private <Q, S> void call(JsonFactory json, Route<Q, S> route)
      throws IOException, InterruptedException {
    var method = route.descriptor();
    var replies =
        method.getType().serverSendsOneMessage()
            ? new Replies.Single(json, route.response(), answer, this::awaitRoom)
            : new Replies.Stream(json, route.response(), answer);
    // A watch ends when nothing more is asked for on its stream; one in JSON is all in one body.
    boolean halfCloses =
        !method.getFullMethodName().equals(WatchGrpc.getWatchMethod().getFullMethodName());
    try (var requests =
        new Requests<>(method, route.request(), gateway.maxMessageBytes(), json, request.body())) {
      var made = new Bridge<>(method, requests, halfCloses, replies, answer, request.connection());
      bridge = made;
      if (left) {
        made.leave();
      }
      made.run(route.method().getServerCallHandler(), request.metadata());
    }
  }

  private void refuse(JsonFactory json, Status status) {
    answer.whole(JsonError.http(status), Replies.JSON, JsonError.body(json, status));
  }

  private void awaitRoom() throws IOException {
    try {
      while (!answer.isWritable()) {
        if (left) {
          throw new IOException("the client left");
        }
        if (!room.tryAcquire(PATIENCE.toNanos(), TimeUnit.NANOSECONDS)) {
          throw new IOException("the client took nothing for " + PATIENCE.toSeconds() + " s");
        }
      }
    } catch (InterruptedException e) {
      throw new InterruptedIOException("the end of the member");
    }
  }
}
