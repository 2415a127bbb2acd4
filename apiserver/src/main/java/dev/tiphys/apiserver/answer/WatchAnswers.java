package dev.tiphys.apiserver.answer;

import dev.tiphys.api.codec.CborCodec;
import dev.tiphys.api.codec.JsonCodec;
import dev.tiphys.api.codec.JsonWriter;
import dev.tiphys.api.codec.ProtobufCodec;
import dev.tiphys.api.meta.v1.ListMeta;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.api.meta.v1.PartialObjectMetadata;
import dev.tiphys.api.meta.v1.Status;
import dev.tiphys.api.meta.v1.Table;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.schema.GroupVersionKind;
import dev.tiphys.api.schema.Struct;
import dev.tiphys.apiserver.http.Outlet;
import dev.tiphys.apiserver.http.ResponseStream;
import dev.tiphys.apiserver.request.ApiCall;
import dev.tiphys.apiserver.request.ApiException;
import dev.tiphys.apiserver.request.MediaTypes.Answer;
import dev.tiphys.apiserver.request.MediaTypes.Encoding;
import dev.tiphys.apiserver.request.MediaTypes.Transform;
import dev.tiphys.apiserver.storage.Stored;
import dev.tiphys.apiserver.storage.WatchEvent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Writes the events of one watch: a JSON document a line or a protobuf frame, its object's bytes
 * shared by all watchers. For the thread that serves the watch.
 *
 * @param <T> the served kind
 */
public final class WatchAnswers<T extends ApiObject> {

  private static final String INITIAL_EVENTS_END = "k8s.io/initial-events-end";
  private static final byte[] ADDED = start("ADDED");
  private static final byte[] MODIFIED = start("MODIFIED");
  private static final byte[] DELETED = start("DELETED");
  private static final byte[] BOOKMARK = start("BOOKMARK");
  private static final byte[] ERROR = start("ERROR");
  private static final byte[] END = "}\n".getBytes(StandardCharsets.US_ASCII);

  private final ObjectAnswers<T> answers;
  private final GroupVersionKind kind;
  private final ApiCall call;
  private final Answer answer;
  private final ResponseStream stream;
  private boolean headingsTold;

  private WatchAnswers(
      ObjectAnswers<T> answers,
      GroupVersionKind kind,
      ApiCall call,
      Answer answer,
      ResponseStream stream) {
    this.answers = answers;
    this.kind = kind;
    this.call = call;
    this.answer = answer;
    this.stream = stream;
  }

  /** Sends the headers of a watch's answer. */
  public static <T extends ApiObject> WatchAnswers<T> begin(
      ObjectAnswers<T> answers, GroupVersionKind kind, ApiCall call) throws IOException {
    Answer answer = call.answer();
    ResponseStream stream =
        call.exchange().isWebSocketUpgrade()
            ? SocketStream.accept(call.exchange(), answer.encoding() == Encoding.JSON)
            : call.exchange().startStream(200, Answers.headers(call, contentType(answer)));
    return new WatchAnswers<>(answers, kind, call, answer, stream);
  }

  /** Whether the client has to be listened to, for it says goodbye within the stream. */
  public boolean listens() {
    return stream instanceof SocketStream;
  }

  /** Listens until the client closes the stream from its side. For a thread of its own. */
  public void untilClosed() throws IOException {
    if (stream instanceof SocketStream socket) {
      socket.untilClosed();
    }
  }

  private static String contentType(Answer answer) {
    return switch (answer.encoding()) {
      case PROTOBUF -> Encoding.PROTOBUF.mediaType() + ";stream=watch";
      case CBOR -> Encoding.CBOR.mediaType() + "-seq";
      case JSON, YAML -> Encoding.JSON.mediaType();
    };
  }

  private static byte[] start(String type) {
    return ("{\"type\":\"" + type + "\",\"object\":").getBytes(StandardCharsets.US_ASCII);
  }

  /** Sends events together. */
  public void events(List<WatchEvent<T>> events) throws IOException {
    List<byte[]> segments = new ArrayList<>(events.size());
    for (WatchEvent<T> event : events) {
      if (listens() && !segments.isEmpty()) {
        stream.write(segments);
        segments = new ArrayList<>(4);
      }
      addShared(segments, event);
    }
    stream.write(segments);
    stream.flush();
  }

  private void addShared(List<byte[]> segments, WatchEvent<T> event) {
    if (answer.transform() == Transform.NONE
        && event.type() != WatchEvent.Type.BOOKMARK
        && !listens()) {
      segments.add(event.frame(answers.forms().slot(answer.encoding()), () -> whole(event)));
    } else {
      add(segments, event);
    }
  }

  /** Where what {@link #bytes} makes can be sent to without waiting; null if nowhere. */
  public @Nullable Outlet outlet() {
    return stream.outlet();
  }

  /**
   * Events as they are sent, in one piece. By one thread at a time, and none that writes meanwhile.
   */
  public byte[] bytes(List<WatchEvent<T>> events) {
    List<byte[]> segments = new ArrayList<>(events.size());
    events.forEach(event -> addShared(segments, event));
    return joined(segments);
  }

  /**
   * What the bytes of an event depend on besides the event: to be compared with that of others of
   * the same resource; null if they are this watch's alone.
   */
  public @Nullable Object form() {
    return answer.transform() == Transform.NONE ? answer.encoding() : null;
  }

  /** An event in one piece. */
  private byte[] whole(WatchEvent<T> event) {
    List<byte[]> segments = new ArrayList<>(4);
    add(segments, event);
    return joined(segments);
  }

  private static byte[] joined(List<byte[]> segments) {
    if (segments.size() == 1) {
      return segments.getFirst();
    }
    int length = 0;
    for (byte[] segment : segments) {
      length += segment.length;
    }
    ByteBuffer whole = ByteBuffer.allocate(length);
    segments.forEach(whole::put);
    return whole.array();
  }

  private void add(List<byte[]> segments, WatchEvent<T> event) {
    if (answer.encoding() != Encoding.JSON) {
      frame(segments, event.type().name(), document(event));
      return;
    }
    segments.add(
        switch (event.type()) {
          case ADDED -> ADDED;
          case MODIFIED -> MODIFIED;
          case DELETED -> DELETED;
          case BOOKMARK -> BOOKMARK;
        });
    if (event.type() == WatchEvent.Type.BOOKMARK) {
      segments.add(bookmark(event));
    } else {
      object(segments, event.storedObject());
    }
    segments.add(END);
  }

  /**
   * An event that is not JSON: in protobuf behind its length, in four bytes, which messages of a
   * WebSocket do without.
   */
  private void frame(List<byte[]> segments, String type, byte[] document) {
    if (answer.encoding() == Encoding.CBOR) {
      segments.add(CborCodec.watchEvent(type, document));
      return;
    }
    byte[] event = ProtobufCodec.watchEvent(type, document);
    if (!listens()) {
      segments.add(ByteBuffer.allocate(Integer.BYTES).putInt(event.length).array());
    }
    segments.add(event);
  }

  private byte[] document(WatchEvent<T> event) {
    if (event.type() == WatchEvent.Type.BOOKMARK) {
      return switch (answer.transform()) {
        case NONE -> plain(answers.empty(bookmarkMeta(event)));
        case TABLE -> CborCodec.fromJson(tableBookmark(bookmarkMeta(event)));
        case PARTIAL, PARTIAL_LIST -> Transforms.document(answer, bookmarkMetadata(event));
      };
    }
    Stored<T> stored = event.storedObject();
    return switch (answer.transform()) {
      case NONE ->
          answer.encoding() == Encoding.PROTOBUF
              ? answers.forms().protobuf(stored)
              : plain(stored.object());
      case TABLE -> Transforms.document(answer, table(stored));
      case PARTIAL, PARTIAL_LIST ->
          Transforms.document(answer, Transforms.partial(stored.object()));
    };
  }

  private byte[] plain(Struct value) {
    return answer.encoding() == Encoding.PROTOBUF
        ? Documents.protobuf(value)
        : CborCodec.encode(value);
  }

  private PartialObjectMetadata bookmarkMetadata(WatchEvent<T> event) {
    return PartialObjectMetadata.builder().metadata(bookmarkMeta(event)).build();
  }

  private Table table(Stored<T> stored) {
    ListMeta meta = ListMeta.builder().resourceVersion(Long.toString(stored.revision())).build();
    Table table = answers.table(call, answer, meta, List.of(stored.object()), !headingsTold);
    headingsTold = true;
    return table;
  }

  private void object(List<byte[]> segments, Stored<T> stored) {
    switch (answer.transform()) {
      case NONE -> segments.addAll(answers.forms().json(stored));
      case TABLE -> segments.add(Transforms.json(answer, table(stored)));
      case PARTIAL, PARTIAL_LIST ->
          segments.add(Transforms.json(answer, Transforms.partial(stored.object())));
    }
  }

  private ObjectMeta bookmarkMeta(WatchEvent<T> event) {
    return ObjectMeta.builder()
        .resourceVersion(Long.toString(event.revision()))
        .annotations(event.initialEventsEnd() ? Map.of(INITIAL_EVENTS_END, "true") : Map.of())
        .build();
  }

  private byte[] bookmark(WatchEvent<T> event) {
    ObjectMeta meta = bookmarkMeta(event);
    return switch (answer.transform()) {
      case NONE -> {
        JsonWriter out = new JsonWriter(128);
        out.beginObject().field("kind", kind.kind()).field("apiVersion", kind.apiVersion());
        JsonCodec.writeFields(out.name("metadata"), meta);
        yield out.endObject().toString().getBytes(StandardCharsets.UTF_8);
      }
      case PARTIAL, PARTIAL_LIST -> Transforms.json(answer, bookmarkMetadata(event));
      case TABLE -> tableBookmark(meta);
    };
  }

  /** As upstream: a table whose row carries the bookmark as its object. */
  private byte[] tableBookmark(ObjectMeta meta) {
    String row =
        new String(
            Transforms.json(answer, PartialObjectMetadata.builder().metadata(meta).build()),
            StandardCharsets.UTF_8);
    String table =
        "{\"kind\":\"Table\",\"apiVersion\":\"meta.k8s.io/"
            + answer.transformVersion()
            + "\",\"metadata\":{\"resourceVersion\":\""
            + Objects.requireNonNull(meta.resourceVersion())
            + "\"},\"columnDefinitions\":[],\"rows\":[{\"cells\":[],\"object\":"
            + row
            + "}]}";
    return table.getBytes(StandardCharsets.UTF_8);
  }

  /** Sends why the watch ends. */
  public void error(ApiException failure) throws IOException {
    Status status = Answers.status(failure);
    if (answer.encoding() == Encoding.JSON) {
      stream.write(List.of(ERROR, JsonCodec.encode(status), END));
    } else {
      List<byte[]> segments = new ArrayList<>(2);
      frame(segments, "ERROR", plain(status));
      stream.write(segments);
    }
    stream.flush();
  }

  /** Ends the answer. */
  public void end() throws IOException {
    stream.close();
  }
}
