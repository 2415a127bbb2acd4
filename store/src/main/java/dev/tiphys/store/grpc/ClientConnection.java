package dev.tiphys.store.grpc;

import static io.netty.handler.codec.http2.Http2CodecUtil.SETTINGS_INITIAL_WINDOW_SIZE;
import static io.netty.handler.codec.http2.Http2Error.CANCEL;

import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.collection.IntObjectHashMap;
import java.util.List;

/** One connection to somebody else, and the calls on it. Belongs to its event loop. */
final class ClientConnection extends ChannelInboundHandlerAdapter implements FrameReader.Sink {
  private final Channel channel;
  private final RequestFields fields;
  private final FrameReader frames = FrameReader.ofServer(this);
  private final AnswerReader answers = new AnswerReader();
  private final IntObjectHashMap<GrpcClientCall<?, ?>> calls = new IntObjectHashMap<>();
  private final Windows<GrpcClientCall<?, ?>> windows;
  private final ControlFrames control;
  private final ReceiveWindow received;

  private int nextStream = 1;
  private boolean reading;
  private boolean retired;
  private String reason = "the connection was closed";

  ClientConnection(Channel channel, RequestFields fields) {
    this.channel = channel;
    this.fields = fields;
    this.windows = new Windows<>(channel);
    this.control = new ControlFrames(channel);
    this.received = new ReceiveWindow(control);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    channel.config().setWriteBufferWaterMark(Bounds.SOCKET);
    control.greet();
    channel.flush();
  }

  /** True while calls can begin. */
  boolean isUsable() {
    return !retired && nextStream > 0 && channel.isActive();
  }

  /** Begins a call, with what it has to say already. */
  void begin(GrpcClientCall<?, ?> call) {
    int stream = nextStream;
    nextStream += 2;
    calls.put(stream, call);
    windows.begin(call);
    var out = channel.alloc().buffer(Bounds.FIELDS_BYTES);
    fields.begin(out, stream, call.path(), call.headers());
    channel.write(out);
    call.begun(this, stream);
    push(call);
  }

  /** Sends what a call has to say. */
  void push(GrpcClientCall<?, ?> call) {
    windows.push(call);
    flush();
  }

  /** Wants no more of a call. */
  void reset(GrpcClientCall<?, ?> call) {
    if (calls.remove(call.stream()) != null) {
      windows.forget(call);
      control.reset(call.stream(), CANCEL);
      flush();
      closeIfDone();
    }
  }

  /** The call's other side may send so much again. */
  void mayHaveMore(int stream, int bytes) {
    control.windowUpdate(stream, bytes);
    flush();
  }

  /** Closes, and ends all calls. */
  void end() {
    channel.close();
  }

  private void flush() {
    if (!reading) {
      channel.flush();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    reading = true;
    try {
      frames.read(channel.alloc(), (ByteBuf) message);
    } catch (ConnectionError e) {
      reason = String.valueOf(e.getMessage());
      frames.close();
      control.goAway(0, e.error(), reason);
      channel.flush();
      channel.close();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    reading = false;
    channel.flush();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (channel.isWritable()) {
      windows.unblock();
      flush();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    var root = cause.getCause() == null ? cause : cause.getCause();
    reason = String.valueOf(root.getMessage());
    context.close();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    retired = true;
    frames.close();
    lose(List.copyOf(calls.values()));
  }

  private void lose(List<GrpcClientCall<?, ?>> lost) {
    var status = Status.UNAVAILABLE.withDescription(fields.authority() + ": " + reason);
    for (var call : lost) {
      calls.remove(call.stream());
      windows.forget(call);
      call.lost(status);
    }
    closeIfDone();
  }

  /** Who takes no more calls is left after the last one. */
  private void closeIfDone() {
    if (retired && calls.isEmpty()) {
      channel.close();
    }
  }

  @Override
  public void fields(int stream, ByteBuf block, boolean last) throws ConnectionError {
    var read = answers.read(stream, block);
    var call = last ? calls.remove(stream) : calls.get(stream);
    if (call == null) {
      return; // was given up
    }
    if (last) {
      windows.forget(call);
      call.ended(
          channel.alloc(),
          Unpooled.EMPTY_BUFFER,
          AnswerReader.status(read),
          AnswerReader.metadata(read));
      closeIfDone();
    } else {
      call.answered(AnswerReader.metadata(read));
    }
  }

  @Override
  public void data(int stream, ByteBuf payload, int windowBytes, boolean last)
      throws ConnectionError {
    received.take(windowBytes);
    var call = calls.get(stream);
    if (call != null) {
      call.receive(channel.alloc(), payload, windowBytes);
      if (last && calls.remove(stream) != null) {
        windows.forget(call);
        call.lost(Status.INTERNAL.withDescription("the answer has no status"));
      }
    }
  }

  @Override
  public void reset(int stream) {
    var call = calls.get(stream);
    if (call != null) {
      reason = "the call was reset";
      lose(List.of(call));
    }
  }

  @Override
  public void setting(int name, long value) throws ConnectionError {
    if (name == SETTINGS_INITIAL_WINDOW_SIZE) {
      windows.ofEach(value, calls.values());
    }
  }

  @Override
  public void settingsRead() throws ConnectionError {
    control.settingsAck();
    windows.unblock();
  }

  @Override
  public void ping(long content) throws ConnectionError {
    control.pingAck(content);
  }

  @Override
  public void window(int stream, int more) throws ConnectionError {
    var call = calls.get(stream);
    windows.more(stream, call, more);
    if (stream == 0) {
      windows.unblock();
    } else if (call != null) {
      windows.unblock(call);
    }
  }

  @Override
  public void goAway(int lastStream) {
    retired = true;
    reason = "the member takes no more calls";
    lose(calls.values().stream().filter(call -> call.stream() > lastStream).toList());
  }
}
