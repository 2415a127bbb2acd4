package dev.tiphys.store.grpc;

import static io.netty.handler.codec.http2.Http2CodecUtil.SETTINGS_HEADER_TABLE_SIZE;
import static io.netty.handler.codec.http2.Http2CodecUtil.SETTINGS_INITIAL_WINDOW_SIZE;
import static io.netty.handler.codec.http2.Http2Error.ENHANCE_YOUR_CALM;
import static io.netty.handler.codec.http2.Http2Error.NO_ERROR;
import static io.netty.handler.codec.http2.Http2Error.PROTOCOL_ERROR;
import static io.netty.handler.codec.http2.Http2Error.REFUSED_STREAM;
import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.grpc.Attributes;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.collection.IntObjectHashMap;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection and the calls on it. Everything belongs to its event loop but {@link #send},
 * {@link #onLoop} and what never changes.
 */
final class GrpcConnection extends ChannelInboundHandlerAdapter implements FrameReader.Sink {
  private static final Logger log = LoggerFactory.getLogger(GrpcConnection.class);

  private final GrpcServer server;
  private final Channel channel;
  private final Attributes attributes;
  private final FrameReader frames = new FrameReader(this);
  private final HeadReader heads = new HeadReader();
  private final IntObjectHashMap<GrpcCall<?, ?>> calls = new IntObjectHashMap<>();
  private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean willSend = new AtomicBoolean();
  private final Windows<GrpcCall<?, ?>> windows;
  private final Sender sender;
  private final ControlFrames control;
  private final ReceiveWindow received;
  private final KeepAlive keepAlive;

  private int lastStream;
  private int resets;
  private boolean reading;
  private boolean leaving;
  private boolean closing;
  private int unread;

  GrpcConnection(GrpcServer server, Channel channel, Attributes attributes) {
    this.server = server;
    this.channel = channel;
    this.attributes = attributes;
    this.windows = new Windows<>(channel);
    this.sender = new Sender(channel, windows);
    this.control = new ControlFrames(channel);
    this.received = new ReceiveWindow(control);
    this.keepAlive =
        new KeepAlive(
            channel,
            server.settings(),
            server.ticker(),
            () -> {
              control.ping();
              channel.flush();
            });
  }

  Attributes attributes() {
    return attributes;
  }

  ByteBufAllocator allocator() {
    return channel.alloc();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    if (!server.came(this)) {
      closing = true;
      channel.close();
      return;
    }
    channel.config().setWriteBufferWaterMark(Bounds.SOCKET);
    control.greet(server.settings().streams());
    channel.flush();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (closing) {
      ReferenceCountUtil.release(message);
      return;
    }
    reading = true;
    keepAlive.heard();
    try {
      frames.read(channel.alloc(), (ByteBuf) message);
    } catch (ConnectionError e) {
      log.debug("connection ended remote={} reason={}", channel.remoteAddress(), e.getMessage());
      frames.close();
      leave(e.error(), String.valueOf(e.getMessage()));
      cancelAll(Status.CANCELLED.withDescription(e.getMessage()));
      close();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    reading = false;
    sendAnswers();
    channel.flush();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (channel.isWritable()) {
      channel.config().setAutoRead(true);
      unblock();
      flush();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    gone();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    gone();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (cause.getCause() instanceof SSLException refused) {
      log.info(
          "connection refused remote={} reason={}", channel.remoteAddress(), refused.getMessage());
    } else {
      log.debug("connection broken remote={} reason={}", channel.remoteAddress(), cause.toString());
    }
    context.close();
  }

  private void gone() {
    keepAlive.close();
    frames.close();
    cancelAll(Status.CANCELLED.withDescription("the client is gone"));
    dropAnswers();
    server.left(this);
  }

  private void cancelAll(Status why) {
    var open = List.copyOf(calls.values());
    calls.clear();
    for (var call : open) {
      windows.forget(call);
      call.cancelled(why);
    }
  }

  private void dropAnswers() {
    for (var answer = answers.poll(); answer != null; answer = answers.poll()) {
      answer.release();
    }
  }

  // What comes in

  @Override
  public void fields(int stream, ByteBuf block, boolean last) throws ConnectionError {
    var head = heads.read(stream, block); // even of a call that is not taken
    var known = calls.get(stream);
    if (known != null) {
      // Fields at the end say nothing to us.
      if (!last) {
        throw new ConnectionError(PROTOCOL_ERROR, "fields in the middle of a call");
      }
      receive(known, block.slice(0, 0), 0, true);
      return;
    }
    if (stream <= lastStream) {
      return; // given up by us already
    }
    if (stream % 2 == 0) {
      throw new ConnectionError(PROTOCOL_ERROR, "clients' streams have odd numbers");
    }
    if (leaving) {
      return; // the client knows that it must go elsewhere
    }
    lastStream = stream;
    if (calls.size() >= server.settings().streams()) {
      control.reset(stream, REFUSED_STREAM);
      countUnread();
    } else if (head.refusal() != null) {
      refuse(stream, head.refusal(), last);
    } else {
      begin(stream, head, last);
    }
  }

  private void begin(int stream, Head head, boolean last) throws ConnectionError {
    var method = server.methods().find(head.path());
    if (method == null) {
      var why = Status.UNIMPLEMENTED.withDescription(server.methods().unknown(head.path()));
      refuse(stream, new Head.Refusal(200, why), last);
      return;
    }
    var call = call(stream, head, method);
    calls.put(stream, call);
    windows.begin(call);
    var timeout = head.timeout();
    if (timeout != null) {
      call.deadline(
          channel.eventLoop().schedule(() -> late(call), timeout.toMillis() + 1, MILLISECONDS));
    }
    call.begin();
    if (last) {
      receive(call, Unpooled.EMPTY_BUFFER, 0, true);
    }
  }

  private void refuse(int stream, Head.Refusal refusal, boolean last) {
    sender.refuse(stream, refusal);
    if (!last) {
      control.reset(stream, NO_ERROR);
    }
    countUnread();
  }

  /** Who begins calls without end and reads no answer would fill the memory. */
  private void countUnread() {
    unread = channel.isWritable() ? 0 : unread + 1;
    if (unread > Bounds.UNREAD_ANSWERS) {
      channel.config().setAutoRead(false);
    }
  }

  private <Q, S> GrpcCall<Q, S> call(int stream, Head head, ServerMethodDefinition<Q, S> method) {
    return new GrpcCall<>(
        this,
        stream,
        method,
        head,
        server.methods().onLoop(method.getMethodDescriptor()) ? null : server.threads(),
        server.settings().messageBytes());
  }

  @Override
  public void data(int stream, ByteBuf payload, int windowBytes, boolean last)
      throws ConnectionError {
    received.take(windowBytes);
    var call = calls.get(stream);
    if (call != null) {
      receive(call, payload, windowBytes, last);
    } else if (stream > lastStream && !leaving) {
      throw new ConnectionError(PROTOCOL_ERROR, "DATA of a stream that never began");
    }
  }

  private void receive(GrpcCall<?, ?> call, ByteBuf payload, int windowBytes, boolean last)
      throws ConnectionError {
    call.receive(channel.alloc(), payload, windowBytes, last);
  }

  @Override
  public void reset(int stream) throws ConnectionError {
    var call = calls.remove(stream);
    if (call != null) {
      windows.forget(call);
      call.cancelled(Status.CANCELLED.withDescription("the client gave up"));
      closeIfDone();
      if (++resets > Bounds.RESETS) {
        throw new ConnectionError(ENHANCE_YOUR_CALM, "calls are only begun to be given up");
      }
    } else if (stream > lastStream && !leaving) {
      throw new ConnectionError(PROTOCOL_ERROR, "RST_STREAM of a stream that never began");
    }
  }

  @Override
  public void setting(int name, long value) throws ConnectionError {
    switch (name) {
      case SETTINGS_HEADER_TABLE_SIZE -> sender.tableSize(value);
      case SETTINGS_INITIAL_WINDOW_SIZE -> windows.ofEach(value, calls.values());
      default -> {} // of what we never do, or do as everybody must be able to take it
    }
  }

  @Override
  public void settingsRead() throws ConnectionError {
    control.settingsAck();
    unblock();
  }

  @Override
  public void ping(long content) throws ConnectionError {
    keepAlive.pinged();
    control.pingAck(content);
  }

  @Override
  public void window(int stream, int more) throws ConnectionError {
    var call = calls.get(stream);
    windows.more(stream, call, more);
    if (stream == 0) {
      unblock();
    } else if (call != null && windows.unblock(call)) {
      ended(call);
    }
  }

  @Override
  public void goAway(int lastStream) {
    // We begin no streams; and what the client has begun, it ends itself.
  }

  /** The stream's client may send so much again. */
  void mayHaveMore(int stream, int bytes) {
    if (calls.containsKey(stream)) {
      control.windowUpdate(stream, bytes);
      flush();
    }
  }

  // What goes out

  /** Sends a piece of an answer. From any thread. */
  void send(Answer answer) {
    if (channel.eventLoop().inEventLoop()) {
      sendAnswers();
      write(answer);
      flush();
      return;
    }
    answers.add(answer);
    if (willSend.compareAndSet(false, true)) {
      onLoop(this::sendAnswers);
    }
  }

  /** A piece of an answer has gone out, perhaps long after it was to be sent. */
  void answered() {
    keepAlive.answered();
  }

  /** Runs on the event loop, at once where that is here. From any thread. */
  void onLoop(Runnable task) {
    if (channel.eventLoop().inEventLoop()) {
      task.run();
      return;
    }
    try {
      channel
          .eventLoop()
          .execute(() -> {
            task.run();
            flush();
          });
    } catch (RejectedExecutionException e) {
      dropAnswers(); // the end of the member
    }
  }

  private void sendAnswers() {
    willSend.set(false);
    for (var answer = answers.poll(); answer != null; answer = answers.poll()) {
      write(answer);
    }
  }

  private void write(Answer answer) {
    var call = answer.call();
    if (calls.get(call.stream()) != call) {
      answer.release();
      return;
    }
    keepAlive.answered();
    if (sender.send(answer)) {
      ended(call);
    }
  }

  private void unblock() {
    for (var call : windows.unblock()) {
      ended(call);
    }
  }

  private void ended(GrpcCall<?, ?> call) {
    calls.remove(call.stream());
    if (!call.isHalfClosed()) {
      control.reset(call.stream(), NO_ERROR);
    }
    resets = 0;
    countUnread();
    call.sent();
    closeIfDone();
  }

  private void late(GrpcCall<?, ?> call) {
    breakOff(call, Status.DEADLINE_EXCEEDED.withDescription("context deadline exceeded"));
  }

  /** Ends a call that has not ended, whatever its handler does. */
  void breakOff(GrpcCall<?, ?> call, Status status) {
    if (calls.get(call.stream()) != call) {
      return;
    }
    calls.remove(call.stream());
    windows.forget(call);
    sender.breakOff(call, status);
    if (!call.isHalfClosed()) {
      control.reset(call.stream(), NO_ERROR);
    }
    countUnread();
    call.cancelled(status);
    flush();
    closeIfDone();
  }

  /** When frames are being read, what goes out because of them goes together. */
  private void flush() {
    if (!reading) {
      channel.flush();
    }
  }

  // The end

  /** Takes no more calls, and closes after those that are open. From any thread. */
  void leave() {
    onLoop(() -> {
      leave(NO_ERROR, "");
      flush();
      closeIfDone();
    });
  }

  /** Closes. From any thread. */
  void end() {
    channel.close();
  }

  private void leave(Http2Error error, String text) {
    leaving = true;
    control.goAway(lastStream, error, text);
  }

  private void closeIfDone() {
    if (leaving && calls.isEmpty()) {
      close();
    }
  }

  /**
   * Leaves it to the client to hang up, and does so itself if that takes long: a socket that is
   * closed with something unread takes back what was said last.
   */
  private void close() {
    if (closing) {
      return;
    }
    closing = true;
    channel.flush();
    channel.config().setAutoRead(true);
    var last = channel.eventLoop().schedule(this::end, Bounds.LAST_WORD.toMillis(), MILLISECONDS);
    channel.closeFuture().addListener(closed -> last.cancel(false));
  }
}
