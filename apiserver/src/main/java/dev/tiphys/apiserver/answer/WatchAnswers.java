package dev.tiphys.apiserver.answer;

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
import dev.tiphys.apiserver.http.ResponseStream;
import dev.tiphys.apiserver.request.ApiCall;
import dev.tiphys.apiserver.request.ApiException;
import dev.tiphys.apiserver.request.MediaTypes.Answer;
import dev.tiphys.apiserver.request.MediaTypes.Encoding;
import dev.tiphys.apiserver.storage.Stored;
import dev.tiphys.apiserver.storage.WatchEvent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

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
        call.exchange().startStream(200, Answers.headers(call, answer.encoding().mediaType()));
    return new WatchAnswers<>(answers, kind, call, answer, stream);
  }

  private static String contentType(Answer answer) {
    String type = answer.encoding().mediaType();
    return answer.encoding() == Encoding.PROTOBUF ? type + ";stream=watch" : type;
  }

  private static byte[] start(String type) {
    return ("{\"type\":\"" + type + "\",\"object\":").getBytes(StandardCharsets.US_ASCII);
  }

  /** Sends events together. */
  public void events(List<WatchEvent<T>> events) throws IOException {
    List<byte[]> segments = new ArrayList<>(events.size() * 4);
    for (WatchEvent<T> event : events) {
      if (answer.encoding() == Encoding.PROTOBUF) {
        frame(segments, event.type().name(), document(event));
        continue;
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
    stream.write(segments);
    stream.flush();
  }

  /** A protobuf event behind its length, in four bytes. */
  private static void frame(List<byte[]> segments, String type, byte[] document) {
    byte[] event = ProtobufCodec.watchEvent(type, document);
    segments.add(ByteBuffer.allocate(Integer.BYTES).putInt(event.length).array());
    segments.add(event);
  }

  private byte[] document(WatchEvent<T> event) {
    if (event.type() == WatchEvent.Type.BOOKMARK) {
      return switch (answer.transform()) {
        case NONE, TABLE -> Documents.protobuf(answers.empty(bookmarkMeta(event)));
        case PARTIAL ->
            Documents.protobuf(
                PartialObjectMetadata.builder().metadata(bookmarkMeta(event)).build());
      };
    }
    Stored<T> stored = event.storedObject();
    return switch (answer.transform()) {
      case NONE -> answers.forms().protobuf(stored);
      case TABLE -> Documents.protobuf(table(stored));
      case PARTIAL -> Documents.protobuf(ObjectAnswers.partial(stored.object()));
    };
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
      case TABLE -> segments.add(ObjectAnswers.transformed(answer, table(stored)));
      case PARTIAL ->
          segments.add(ObjectAnswers.transformed(answer, ObjectAnswers.partial(stored.object())));
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
      case PARTIAL ->
          ObjectAnswers.transformed(answer, PartialObjectMetadata.builder().metadata(meta).build());
      case TABLE -> tableBookmark(meta);
    };
  }

  /** As upstream: a table whose row carries the bookmark as its object. */
  private byte[] tableBookmark(ObjectMeta meta) {
    String row =
        new String(
            ObjectAnswers.transformed(
                answer, PartialObjectMetadata.builder().metadata(meta).build()),
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
    if (answer.encoding() == Encoding.PROTOBUF) {
      List<byte[]> segments = new ArrayList<>(2);
      frame(segments, "ERROR", Documents.protobuf(status));
      stream.write(segments);
    } else {
      stream.write(List.of(ERROR, JsonCodec.encode(status), END));
    }
    stream.flush();
  }

  /** Ends the answer. */
  public void end() throws IOException {
    stream.close();
  }
}
