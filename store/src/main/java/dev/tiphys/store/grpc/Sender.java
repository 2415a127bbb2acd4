package dev.tiphys.store.grpc;

import static io.netty.handler.codec.http2.Http2CodecUtil.FRAME_HEADER_LENGTH;

import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.util.function.Consumer;

/** Writes answers as frames. Nothing is flushed here. For the connection's event loop. */
final class Sender {
  private static final int HTTP_OK = 200;

  private final Channel channel;
  private final Windows<GrpcCall<?, ?>> windows;
  private final AnswerFields fields = new AnswerFields();

  Sender(Channel channel, Windows<GrpcCall<?, ?>> windows) {
    this.channel = channel;
    this.windows = windows;
  }

  /**
   * Sends a piece, or as much of it as can go out now.
   *
   * @return true when the answer is out to its end
   */
  boolean send(Answer answer) {
    var call = answer.call();
    var box = call.outbox();
    var begin = answer.begin();
    var message = answer.message();
    var end = answer.end();
    if (begin == null && !box.isBegun() && message == null && end != null) {
      write(out -> fields.only(out, call.stream(), HTTP_OK, end, answer.trailers()));
      return true;
    }
    if (wholeAtOnce(answer)) {
      return true;
    }
    if (begin != null) {
      write(out -> fields.begin(out, call.stream(), begin));
      box.begun();
    }
    if (message != null) {
      box.messages().add(message);
    }
    if (end != null) {
      box.end(out -> fields.end(out, call.stream(), end, answer.trailers()));
    }
    return windows.push(call);
  }

  /** What most answers are: one small message that went well. It goes out in one piece. */
  private boolean wholeAtOnce(Answer answer) {
    var call = answer.call();
    var message = answer.message();
    if (answer.begin() == null
        || message == null
        || answer.end() == null
        || !fields.isShortBegin(answer.begin())) {
      return false;
    }
    int length = message.readableBytes();
    if (!windows.takeRoom(call, length)) {
      return false;
    }
    int end = message.writerIndex();
    int head = message.readerIndex() - FRAME_HEADER_LENGTH;
    int start = head - AnswerFields.SHORT_BEGIN;
    message.setIndex(start, start);
    fields.begin(message, call.stream(), answer.begin());
    Windows.frameHead(message, length, 0, call.stream());
    message.writerIndex(end);
    fields.end(message, call.stream(), Status.OK, answer.trailers());
    channel.write(message);
    call.left(length);
    return true;
  }

  /** Ends a call's answer wherever it is. */
  void breakOff(GrpcCall<?, ?> call, Status status) {
    write(out -> {
      if (call.outbox().isBegun()) {
        fields.end(out, call.stream(), status, Answer.NO_TRAILERS);
      } else {
        fields.only(out, call.stream(), HTTP_OK, status, Answer.NO_TRAILERS);
      }
    });
  }

  /** Answers what is no call of gRPC. */
  void refuse(int stream, Head.Refusal refusal) {
    write(out ->
        fields.only(out, stream, refusal.httpStatus(), refusal.status(), Answer.NO_TRAILERS));
  }

  /** The client keeps so large a table of fields. */
  void tableSize(long bytes) {
    fields.tableSize(bytes);
  }

  private void write(Consumer<ByteBuf> frame) {
    var out = channel.alloc().buffer(Bounds.FIELDS_BYTES);
    frame.accept(out);
    channel.write(out);
  }
}
