package dev.tiphys.store.gateway;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.grpc.Status;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** What comes back from a method, as the client gets it. For the call's thread. */
sealed interface Replies {
  /** What every answer in JSON says of itself. */
  Map<String, String> JSON = Map.of("Content-Type", "application/json");

  /** What grpc-gateway says besides of one that came from gRPC. */
  Map<String, String> FROM_GRPC =
      Map.of("Content-Type", "application/json", "Grpc-Metadata-Content-Type", "application/grpc");

  /** Takes a message. */
  void send(ByteString encoded) throws IOException;

  /**
   * Ends the answer; for room for a long one it waits.
   *
   * @throws IOException when the client takes none of it
   */
  void finish(Status status) throws IOException;

  /** A message, without a copy of what it holds. */
  private static Message decode(Message empty, ByteString encoded) throws IOException {
    var in = encoded.newCodedInput();
    in.enableAliasing(true);
    return empty.getParserForType().parseFrom(in);
  }

  /** One message, or an error. */
  final class Single implements Replies {
    private final JsonFactory json;
    private final Message empty;
    private final JsonAnswer answer;
    private final Parts.Room room;
    private @Nullable ByteString reply;

    /** Takes what a reply is, and where it goes. */
    Single(JsonFactory json, Message empty, JsonAnswer answer, Parts.Room room) {
      this.json = json;
      this.empty = empty;
      this.answer = answer;
      this.room = room;
    }

    @Override
    public void send(ByteString encoded) {
      reply = encoded;
    }

    @Override
    public void finish(Status status) throws IOException {
      if (!status.isOk() || reply == null) {
        var told = status.isOk() ? Status.INTERNAL.withDescription("no answer") : status;
        answer.whole(JsonError.http(told), JSON, JsonError.body(json, told));
        return;
      }
      var target = new Parts(answer, room);
      try (var out = json.createGenerator(ObjectWriteContext.empty(), target)) {
        MessageWriter.write(out, decode(empty, reply));
      }
      target.finish();
    }
  }

  /** Any number of messages, a line each, and an error if it ends with one. */
  final class Stream implements Replies {
    private final JsonFactory json;
    private final Message empty;
    private final JsonAnswer answer;
    private boolean begun;

    /** Takes what a reply is, and where it goes. */
    Stream(JsonFactory json, Message empty, JsonAnswer answer) {
      this.json = json;
      this.empty = empty;
      this.answer = answer;
    }

    @Override
    public void send(ByteString encoded) throws IOException {
      var text = new ByteArrayOutputStream();
      try (var out = json.createGenerator(ObjectWriteContext.empty(), text)) {
        out.writeStartObject();
        out.writeName("result");
        MessageWriter.write(out, decode(empty, encoded));
        out.writeEndObject();
      }
      text.write('\n');
      begin(Status.OK, FROM_GRPC);
      answer.part(text.toByteArray());
    }

    @Override
    public void finish(Status status) {
      begin(status, JSON);
      if (!status.isOk()) {
        answer.part(JsonError.part(json, status));
      }
      answer.end();
    }

    private void begin(Status status, Map<String, String> headers) {
      if (!begun) {
        begun = true;
        answer.begin(JsonError.http(status), headers);
      }
    }
  }
}
