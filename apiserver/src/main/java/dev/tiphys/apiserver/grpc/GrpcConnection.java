package dev.tiphys.apiserver.grpc;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Connection.PropertyKey;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2EventAdapter;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One connection to a server, and the calls on it. Frames go straight between Netty's codec and the
 * calls. All state belongs to the event loop; only {@link #returnWindow} and {@link #cancel} are
 * for other threads.
 */
final class GrpcConnection extends Http2ConnectionHandler {

  /** Who gives it work. Called on the event loop. */
  interface Owner {

    /** The server has said its settings, or has room for more calls again. */
    void ready(GrpcConnection connection);

    /** The server fails or is late: others may serve better. */
    void unwell(GrpcConnection connection);

    /** Takes no more calls: the server goes away, is not well, or is gone. */
    void retired(GrpcConnection connection);

    /** Calls wait, and the server does not even say that it is there. */
    void silent(GrpcConnection connection);

    /** A call was not answered and may be asked again. */
    void again(Call call);
  }

  private final Owner owner;
  private final String scheme;
  private final String authority;
  private final Map<String, Http2Headers> heads = new HashMap<>();
  private final PropertyKey key;
  private @Nullable ChannelHandlerContext context;
  private boolean ready;
  private boolean retired;
  private boolean full;
  private long heard = System.nanoTime();
  private boolean probed;
  private long askedWhetherThere = System.nanoTime() - Limits.PROBE_AGAIN.toNanos();
  private boolean asked;

  GrpcConnection(
      Http2ConnectionDecoder decoder,
      Http2ConnectionEncoder encoder,
      Http2Settings settings,
      Owner owner,
      String scheme,
      String authority) {
    super(decoder, encoder, settings);
    this.owner = owner;
    this.scheme = scheme;
    this.authority = authority;
    this.key = encoder.connection().newKey();
    gracefulShutdownTimeoutMillis(0);
  }

  private ChannelHandlerContext context() {
    if (context == null) {
      throw new IllegalStateException("not yet in a pipeline");
    }
    return context;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
    context = ctx;
    super.handlerAdded(ctx);
    connection().addListener(new Streams());
    long every = Limits.SWEEP.toMillis();
    var sweeping =
        ctx.executor().scheduleWithFixedDelay(this::sweep, every, every, TimeUnit.MILLISECONDS);
    ctx.channel().closeFuture().addListener(_ -> sweeping.cancel(false));
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) throws Exception {
    super.channelActive(ctx);
    // Not before our settings have been written.
    Http2Stream all = connection().connectionStream();
    int more =
        Limits.CONNECTION_WINDOW_BYTES
            - connection().local().flowController().initialWindowSize(all);
    connection().local().flowController().incrementWindowSize(all, more);
    flushAll();
  }

  /** Whether a call can be begun now. */
  boolean hasRoom() {
    if (!ready || retired) {
      return false;
    }
    full = !connection().local().canOpenStream();
    return !full;
  }

  /** Sends a call; to be followed by {@link #flushAll}. */
  void begin(Call call) {
    int streamId = connection().local().incrementAndGetNextStreamId();
    if (streamId < 0) {
      // All numbers of this connection are used up: another one begins anew.
      retire();
      owner.again(call);
      return;
    }
    encoder().writeHeaders(context(), streamId, head(call), 0, false, context().newPromise());
    Http2Stream stream = connection().stream(streamId);
    if (stream == null) {
      // Nothing of it was sent.
      owner.again(call);
      return;
    }
    stream.setProperty(key, call);
    byte[] request = call.request();
    ByteBuf bytes = context().alloc().buffer(MessageAssembler.PREFIX + request.length);
    bytes.writeByte(0).writeInt(request.length).writeBytes(request);
    encoder().writeData(context(), streamId, bytes, 0, call.halfClosed(), context().newPromise());
    call.begun(this, streamId);
  }

  /** Sends what was begun. */
  void flushAll() {
    flush(context());
  }

  private Http2Headers head(Call call) {
    return heads.computeIfAbsent(call.path(), path -> GrpcHeads.request(scheme, authority, path));
  }

  /** Lets the server send so much more on a stream. */
  void returnWindow(int streamId, int bytes) {
    onLoop(() -> {
      Http2Stream stream = connection().stream(streamId);
      if (stream != null) {
        try {
          if (connection().local().flowController().consumeBytes(stream, bytes)) {
            flushAll();
          }
        } catch (Http2Exception e) {
          onError(context(), true, e);
        }
      }
    });
  }

  /** Gives a call up. */
  void cancel(int streamId) {
    onLoop(() -> reset(streamId));
  }

  private void onLoop(Runnable task) {
    try {
      context().executor().execute(task);
    } catch (RejectedExecutionException e) {
      // The loop ends only after all of its connections.
      if (context().channel().isOpen()) {
        throw e;
      }
    }
  }

  private void reset(int streamId) {
    if (connection().stream(streamId) != null) {
      resetStream(context(), streamId, Http2Error.CANCEL.code(), context().newPromise());
      flushAll();
    }
  }

  private static GrpcException broken() {
    return new GrpcException(GrpcException.UNAVAILABLE, "the connection to the store broke");
  }

  /** Whether the server has ever said its settings. */
  boolean settledOnce() {
    return ready;
  }

  /** Ends now, with all that is under way. */
  void end() {
    context().close();
  }

  /** Takes no more calls, ends streams, and ends itself when all answers are there. */
  void retire() {
    if (!retired) {
      retired = true;
      for (Http2Stream stream : open()) {
        if (stream.getProperty(key) instanceof GrpcStream call) {
          call.end(broken());
          reset(stream.id());
        }
      }
      owner.retired(this);
    }
    closeIfDone();
  }

  private void closeIfDone() {
    if (retired && connection().numActiveStreams() == 0) {
      context().close();
    }
  }

  private List<Http2Stream> open() {
    List<Http2Stream> found = new ArrayList<>();
    try {
      connection()
          .forEachActiveStream(stream -> {
            found.add(stream);
            return true;
          });
    } catch (Http2Exception e) {
      throw new IllegalStateException("gathering streams does not fail", e);
    }
    return found;
  }

  /** Ends calls that are overdue, and a connection on which nobody speaks any more. */
  private void sweep() {
    long now = System.nanoTime();
    boolean late = false;
    for (Http2Stream stream : open()) {
      if (stream.getProperty(key) instanceof Call call && call.overdue(now)) {
        late = true;
        call.end(new GrpcException(GrpcException.DEADLINE_EXCEEDED, "no answer in time"));
        reset(stream.id());
      }
    }
    if (late) {
      owner.unwell(this);
    }
    long silence = now - heard;
    askWhetherThere(now, silence);
    if (!ready) {
      if (silence > Limits.CONNECT.toNanos()) {
        context().close();
      }
    } else if (connection().numActiveStreams() > 0) {
      if (silence > Limits.KEEPALIVE.plus(Limits.CONNECT).toNanos()) {
        context().close();
      } else if (silence > Limits.KEEPALIVE.toNanos() && !probed) {
        probed = true;
        encoder().writePing(context(), false, 0, context().newPromise());
        flushAll();
      }
    } else {
      heard = now;
    }
  }

  /** A process that is stopped, or a machine that is gone, says nothing at all. */
  private void askWhetherThere(long now, long silence) {
    long since = now - askedWhetherThere;
    if (asked && since > Limits.PROBE.toNanos()) {
      asked = false;
      owner.silent(this);
    } else if (ready
        && !asked
        && silence > Limits.PROBE.toNanos()
        && since > Limits.PROBE_AGAIN.toNanos()
        && waitsForAnswers()) {
      asked = true;
      askedWhetherThere = now;
      encoder().writePing(context(), false, 0, context().newPromise());
      flushAll();
    }
  }

  private boolean waitsForAnswers() {
    return open().stream()
        .anyMatch(stream -> stream.getProperty(key) instanceof Call call && call.bounded());
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
    heard = System.nanoTime();
    asked = false;
    probed = false;
    super.channelRead(ctx, message);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    boolean first = !retired;
    retired = true;
    super.channelInactive(ctx);
    if (first) {
      owner.retired(this);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) throws Exception {
    if (Http2CodecUtil.getEmbeddedHttp2Exception(cause) != null) {
      super.exceptionCaught(ctx, cause);
    } else {
      ctx.close();
    }
  }

  /** The server has said its settings. */
  void settled() {
    if (!ready) {
      ready = true;
      owner.ready(this);
    }
  }

  private @Nullable Call call(int streamId) {
    Http2Stream stream = connection().stream(streamId);
    return stream == null ? null : stream.getProperty(key);
  }

  /** A piece of an answer; says how much of it the server may send again. */
  int data(int streamId, ByteBuf data) {
    Call call = call(streamId);
    int length = data.readableBytes();
    if (call == null || call.ended()) {
      return length;
    }
    try {
      return call.read(data) == Call.Taken.WHOLE ? length : 0;
    } catch (GrpcException e) {
      call.end(e);
      reset(streamId);
      return length;
    }
  }

  /** Head or trailers of an answer. */
  void fields(int streamId, Http2Headers fields, boolean last) {
    Call call = call(streamId);
    if (call == null || call.ended()) {
      return;
    }
    GrpcException failure = GrpcHeads.failure(fields, last);
    if (failure == null && !last) {
      return;
    }
    if (failure != null && failure.status() == GrpcException.UNAVAILABLE) {
      Http2Stream stream = connection().stream(streamId);
      if (call.repeatable() && stream != null) {
        stream.removeProperty(key);
        owner.again(call);
      } else {
        call.end(failure);
      }
      owner.unwell(this);
    } else {
      call.end(failure);
    }
    if (!last) {
      reset(streamId);
    }
  }

  /** The server does not take a call. */
  void refused(int streamId, long code) {
    Http2Stream stream = connection().stream(streamId);
    Call call = call(streamId);
    if (stream == null || call == null) {
      return;
    }
    if (code == Http2Error.REFUSED_STREAM.code() || call.repeatable()) {
      stream.removeProperty(key);
      owner.again(call);
    } else {
      call.end(new GrpcException(GrpcException.UNAVAILABLE, "the store reset the call"));
    }
  }

  private final class Streams extends Http2EventAdapter {
    @Override
    public void onStreamClosed(Http2Stream stream) {
      Call call = stream.removeProperty(key);
      if (call != null && !call.ended()) {
        boolean unseen =
            connection().goAwayReceived()
                && stream.id() > connection().local().lastStreamKnownByPeer();
        if (unseen || call.repeatable()) {
          owner.again(call);
        } else {
          call.end(broken());
        }
      }
      if (full && !retired) {
        full = false;
        onLoop(() -> owner.ready(GrpcConnection.this));
      }
    }

    @Override
    public void onStreamRemoved(Http2Stream stream) {
      if (retired) {
        onLoop(GrpcConnection.this::closeIfDone);
      }
    }

    @Override
    public void onGoAwayReceived(int lastStreamId, long errorCode, ByteBuf debugData) {
      onLoop(GrpcConnection.this::retire);
    }
  }
}
