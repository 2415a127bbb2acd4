package dev.tiphys.apiserver.answer;

import dev.tiphys.api.codec.JsonCodec;
import dev.tiphys.api.codec.JsonWriter;
import dev.tiphys.api.codec.ProtobufCodec;
import dev.tiphys.api.meta.v1.ListMeta;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.api.meta.v1.PartialObjectMetadataList;
import dev.tiphys.api.meta.v1.Table;
import dev.tiphys.api.meta.v1.TableColumnDefinition;
import dev.tiphys.api.meta.v1.TableRow;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.schema.GroupVersionKind;
import dev.tiphys.api.schema.ResourceType;
import dev.tiphys.api.schema.Struct;
import dev.tiphys.api.schema.StructType;
import dev.tiphys.api.value.RawJson;
import dev.tiphys.apiserver.http.Deflated;
import dev.tiphys.apiserver.http.Limits;
import dev.tiphys.apiserver.http.PackedSegments;
import dev.tiphys.apiserver.request.ApiCall;
import dev.tiphys.apiserver.request.ApiException;
import dev.tiphys.apiserver.request.MediaTypes.Answer;
import dev.tiphys.apiserver.request.MediaTypes.Encoding;
import dev.tiphys.apiserver.storage.ListPage;
import dev.tiphys.apiserver.storage.Stored;
import dev.tiphys.apiserver.storage.StoredList;
import dev.tiphys.apiserver.table.Columns;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes objects and lists of one resource, as they are, as tables, or as metadata alone.
 * Thread-safe.
 *
 * @param <T> the served kind
 */
public final class ObjectAnswers<T extends ApiObject> {

  private static final byte[] LIST_END = "]}".getBytes(StandardCharsets.US_ASCII);

  private final ResourceType<T> type;
  private final Columns<T> columns;
  private final Forms<T> forms;
  private final InstantSource clock;

  /** Prepares the answers of a resource. */
  public ObjectAnswers(
      ResourceType<T> type, Columns<T> columns, Forms<T> forms, InstantSource clock) {
    this.type = type;
    this.columns = columns;
    this.forms = forms;
    this.clock = clock;
  }

  /** Answers with a stored object. */
  public void object(ApiCall call, int code, Stored<T> stored) throws IOException {
    Answer answer = call.answer();
    switch (answer.transform()) {
      case NONE -> {
        switch (answer.encoding()) {
          case JSON -> Answers.json(call, answer, code, forms.json(stored));
          case YAML, CBOR -> Answers.struct(call, answer, code, stored.object());
          case PROTOBUF ->
              Answers.send(
                  call, code, answer.encoding().mediaType(), List.of(forms.protobuf(stored)));
        }
      }
      case TABLE, PARTIAL, PARTIAL_LIST -> object(call, answer, code, stored.object());
    }
  }

  /** Answers with an object that is not stored: of a dry run, or a deletion's last state. */
  public void object(ApiCall call, int code, T object) throws IOException {
    object(call, call.answer(), code, object);
  }

  private void object(ApiCall call, Answer answer, int code, T object) throws IOException {
    switch (answer.transform()) {
      case NONE -> Answers.struct(call, answer, code, object);
      case TABLE -> {
        ListMeta meta =
            ListMeta.builder().resourceVersion(object.metadata().resourceVersion()).build();
        transformed(call, answer, code, table(call, answer, meta, List.of(object), true));
      }
      case PARTIAL -> transformed(call, answer, code, Transforms.partial(object));
      case PARTIAL_LIST ->
          throw Transforms.otherNumber("PartialObjectMetadataList", false, type.kind().kind());
    }
  }

  /** Answers with a list. */
  public void list(ApiCall call, ListPage<T> page) throws IOException {
    Answer answer = call.answer();
    ListMeta meta = meta(page);
    switch (answer.transform()) {
      case NONE -> {
        switch (answer.encoding()) {
          case JSON -> list(call, answer, page.items(), jsonParts(meta, page.items()));
          case YAML, CBOR -> Answers.struct(call, answer, 200, list(meta, objects(page)));
          case PROTOBUF -> list(call, answer, page.items(), protobufParts(meta, page.items()));
        }
      }
      case TABLE -> transformed(call, answer, 200, table(call, answer, meta, objects(page), true));
      case PARTIAL ->
          throw Transforms.otherNumber("PartialObjectMetadata", true, type.kind().kind() + "List");
      case PARTIAL_LIST ->
          transformed(
              call,
              answer,
              200,
              PartialObjectMetadataList.builder()
                  .metadata(meta)
                  .items(objects(page).stream().map(Transforms::partial).toList())
                  .build());
    }
  }

  private static <T extends ApiObject> List<T> objects(ListPage<T> page) {
    return page.items().stream().map(Stored::object).toList();
  }

  private static ListMeta meta(ListPage<?> page) {
    return ListMeta.builder()
        .resourceVersion(Long.toString(page.revision()))
        .continue_(page.continueToken())
        .remainingItemCount(page.remainingItemCount())
        .build();
  }

  private Struct list(ListMeta meta, List<T> items) {
    StructType<?> listType = listType();
    @Nullable Object[] values = new @Nullable Object[listType.fields().size()];
    values[Objects.requireNonNull(listType.field("metadata")).index()] = meta;
    values[Objects.requireNonNull(listType.field("items")).index()] = items;
    return listType.create(values);
  }

  /**
   * A list: what all who ask for the same objects get, between what differs.
   *
   * @param start what precedes the items, from their length in bytes
   */
  private record Parts(LongFunction<byte[]> start, Supplier<List<byte[]>> items, byte[] end) {

    List<byte[]> around(List<byte[]> body) {
      long length = 0;
      for (byte[] segment : body) {
        length += segment.length;
      }
      List<byte[]> all = new ArrayList<>(body.size() + 2);
      all.add(start.apply(length));
      all.addAll(body);
      all.add(end);
      return all;
    }
  }

  private void list(ApiCall call, Answer answer, StoredList<T> items, Parts parts)
      throws IOException {
    int slot = forms.slot(answer.encoding());
    boolean gzip = call.exchange().headers().hasToken("Accept-Encoding", "gzip");
    if (gzip && !answer.pretty()) {
      Deflated shared = items.compressed(slot, () -> Deflated.of(parts.items().get()));
      if (shared != null && shared.length() > Limits.GZIP_THRESHOLD_BYTES) {
        byte[] start = parts.start().apply(shared.length());
        Answers.sendGzipped(
            call, 200, answer.encoding().mediaType(), shared.gzip(start, parts.end()));
        return;
      }
    }
    List<byte[]> shared =
        gzip ? null : items.encoded(slot, () -> PackedSegments.of(parts.items().get()));
    List<byte[]> body = parts.around(shared == null ? parts.items().get() : shared);
    if (answer.encoding() == Encoding.JSON) {
      Answers.json(call, answer, 200, body);
    } else {
      Answers.send(call, 200, answer.encoding().mediaType(), body);
    }
  }

  private Parts protobufParts(ListMeta meta, StoredList<T> items) {
    GroupVersionKind kind = Objects.requireNonNull(listType().kind());
    return new Parts(
        length -> Documents.PROTOBUF.listStart(kind, meta, length),
        () -> protobufItems(items),
        ProtobufCodec.listEnd());
  }

  private List<byte[]> protobufItems(List<Stored<T>> items) {
    List<byte[]> segments = new ArrayList<>(2 * items.size());
    for (Stored<T> item : items) {
      byte[] message = forms.protobufMessage(item);
      segments.add(ProtobufCodec.itemHead(message.length));
      segments.add(message);
    }
    return segments;
  }

  private Parts jsonParts(ListMeta meta, StoredList<T> items) {
    GroupVersionKind kind = Objects.requireNonNull(listType().kind());
    JsonWriter out = new JsonWriter(256);
    out.beginObject().field("kind", kind.kind()).field("apiVersion", kind.apiVersion());
    JsonCodec.writeFields(out.name("metadata"), meta);
    byte[] start = (out.toString() + ",\"items\":[").getBytes(StandardCharsets.UTF_8);
    return new Parts(_ -> start, () -> jsonItems(items), LIST_END);
  }

  private List<byte[]> jsonItems(List<Stored<T>> items) {
    boolean named = type.objectType().get().isDynamic();
    List<byte[]> segments = new ArrayList<>(2 * items.size());
    for (Stored<T> item : items) {
      segments.add(forms.beforeItem(segments.isEmpty(), named));
      segments.add(forms.item(item));
    }
    return segments;
  }

  private StructType<?> listType() {
    return Objects.requireNonNull(type.listType(), () -> type.plural() + " are not listed").get();
  }

  private static void transformed(ApiCall call, Answer answer, int code, Struct value)
      throws IOException {
    byte[] document = Transforms.document(answer, value);
    if (answer.encoding() == Encoding.JSON) {
      Answers.json(call, answer, code, List.of(document));
    } else {
      Answers.send(call, code, answer.encoding().mediaType(), List.of(document));
    }
  }

  /**
   * A table.
   *
   * @param headings whether the columns are told; in a watch only the first table tells them
   */
  Table table(ApiCall call, Answer answer, ListMeta meta, List<T> objects, boolean headings) {
    Instant now = clock.instant();
    String include = call.query().first("includeObject");
    List<TableRow> rows = new ArrayList<>(objects.size());
    for (T object : objects) {
      List<RawJson> cells = new ArrayList<>(columns.columns().size());
      for (Object cell : columns.row().cells(object, now)) {
        cells.add(new RawJson(JsonCodec.anyToString(cell)));
      }
      rows.add(TableRow.builder().cells(cells).object(included(answer, include, object)).build());
    }
    return Table.builder()
        .metadata(meta)
        .columnDefinitions(headings ? definitions() : List.of())
        .rows(rows)
        .build();
  }

  private @Nullable RawJson included(Answer answer, String include, T object) {
    return switch (include) {
      case "None" -> null;
      case "Object" -> new RawJson(JsonCodec.encodeToString(object));
      case "", "Metadata" ->
          new RawJson(
              new String(
                  Transforms.json(answer, Transforms.partial(object)), StandardCharsets.UTF_8));
      default ->
          throw ApiException.badRequest(
              "Unable to convert to Table as requested: includeObject: Invalid value: \""
                  + include
                  + "\": must be 'Metadata', 'Object', 'None', or empty");
    };
  }

  private List<TableColumnDefinition> definitions() {
    return columns.columns().stream()
        .map(column ->
            TableColumnDefinition.builder()
                .name(column.name())
                .type(column.type())
                .format(column.format())
                .description(column.description())
                .priority(column.priority())
                .build())
        .toList();
  }

  /** An object of the kind with nothing but metadata, for bookmarks. */
  T empty(ObjectMeta metadata) {
    StructType<T> objectType = type.objectType().get();
    @Nullable Object[] values = new @Nullable Object[objectType.fields().size()];
    values[Objects.requireNonNull(objectType.field("metadata")).index()] = metadata;
    return objectType.create(values);
  }

  /** The forms in which the cache keeps objects. */
  Forms<T> forms() {
    return forms;
  }
}
