package dev.tiphys.client;

import dev.tiphys.api.meta.v1.DeleteOptions;
import dev.tiphys.api.meta.v1.ListMeta;
import dev.tiphys.api.schema.ApiList;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.schema.ResourceType;
import dev.tiphys.api.schema.Struct;
import dev.tiphys.api.schema.StructType;
import dev.tiphys.client.transport.Transport.Request;
import dev.tiphys.client.transport.Transport.Response;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The verbs as HTTP requests. */
final class RestResource<T extends ApiObject> implements ResourceClient<T> {

  private final RestClient client;
  private final ResourceType<?> type;
  private final Supplier<? extends StructType<T>> objectType;
  private final @Nullable Supplier<? extends StructType<? extends ApiList<T>>> listType;
  private final boolean heads;
  private final String namespace;

  private RestResource(
      RestClient client,
      ResourceType<?> type,
      Supplier<? extends StructType<T>> objectType,
      @Nullable Supplier<? extends StructType<? extends ApiList<T>>> listType,
      boolean heads,
      String namespace) {
    this.client = client;
    this.type = type;
    this.objectType = objectType;
    this.listType = listType;
    this.heads = heads;
    this.namespace = namespace;
  }

  static <T extends ApiObject> RestResource<T> of(RestClient client, ResourceType<T> type) {
    return new RestResource<>(client, type, type.objectType(), type.listType(), false, "");
  }

  static RestResource<ObjectHead> heads(RestClient client, ResourceType<?> type) {
    return new RestResource<>(
        client, type, () -> ObjectHead.TYPE, () -> ObjectHead.LIST_TYPE, true, "");
  }

  @Override
  public ResourceType<?> type() {
    return type;
  }

  @Override
  public ResourceClient<T> inNamespace(@Nullable String other) {
    return new RestResource<>(
        client, type, objectType, listType, heads, other == null ? "" : other);
  }

  @Override
  public T get(String name) {
    return object(request("GET", path(namespace, name, "")));
  }

  @Override
  public Page<T> list(ListOptions options) {
    Query query =
        selection(options)
            .addIfSet("continue", options.continueToken())
            .addIfSet("resourceVersion", options.resourceVersion())
            .addIfSet("resourceVersionMatch", options.resourceVersionMatch());
    if (options.limit() > 0) {
      query.add("limit", Integer.toString(options.limit()));
    }
    Request request =
        request("GET", path(namespace, "", ""))
            .withQuery(query.entries)
            .withHeader("Accept", heads ? Wire.HEAD_LISTS : Wire.MEDIA_TYPE);
    if (listType == null) {
      throw new IllegalStateException(type.plural() + " cannot be listed");
    }
    ApiList<T> list = Wire.decode(client.exchange(request), listType.get());
    ListMeta metadata = list.metadata();
    String next = metadata.continue_();
    return new Page<>(
        list.items(),
        Objects.requireNonNullElse(metadata.resourceVersion(), ""),
        next == null || next.isEmpty() ? null : next);
  }

  @Override
  public WatchStream<T> watch(WatchOptions options) {
    Query query =
        new Query()
            .add("watch", "1")
            .addIfSet("labelSelector", options.labelSelector())
            .addIfSet("fieldSelector", options.fieldSelector())
            .addIfSet("resourceVersion", options.resourceVersion())
            .add("timeoutSeconds", Long.toString(options.timeout().toSeconds()));
    if (options.bookmarks()) {
      query.add("allowWatchBookmarks", "true");
    }
    Request request =
        request("GET", path(namespace, "", ""))
            .withQuery(query.entries)
            .withTimeout(options.timeout().plus(Limits.WATCH_SLACK));
    Response response = client.open(request);
    return new RestWatch<>(response, objectType.get());
  }

  @Override
  public T create(T object) {
    return object(body(request("POST", path(namespaceOf(object), "", "")), object));
  }

  @Override
  public T update(T object) {
    return object(body(request("PUT", path(namespaceOf(object), nameOf(object), "")), object));
  }

  @Override
  public T updateStatus(T object) {
    return object(
        body(request("PUT", path(namespaceOf(object), nameOf(object), "status")), object));
  }

  @Override
  public T patch(String name, String subresource, Patch patch) {
    byte[] text =
        switch (patch) {
          case Patch.Json(String json) -> json.getBytes(StandardCharsets.UTF_8);
          case Patch.Merge(String json) -> json.getBytes(StandardCharsets.UTF_8);
          case Patch.Strategic(String json) -> json.getBytes(StandardCharsets.UTF_8);
          case Patch.ApplyText(String body, _, _) -> body.getBytes(StandardCharsets.UTF_8);
          case Patch.Apply(Struct object, _, _) -> Wire.encode(object);
        };
    Query query = new Query();
    switch (patch) {
      case Patch.Apply(_, String manager, boolean force) -> query.apply(manager, force);
      case Patch.ApplyText(_, String manager, boolean force) -> query.apply(manager, force);
      default -> {}
    }
    return object(
        request("PATCH", path(namespace, name, subresource))
            .withQuery(query.entries)
            .withBody(text, patch.contentType()));
  }

  @Override
  public void delete(String name, DeleteOptions options) {
    client.exchange(body(request("DELETE", path(namespace, name, "")), options));
  }

  @Override
  public void deleteCollection(DeleteOptions options, ListOptions selected) {
    client.exchange(
        body(request("DELETE", path(namespace, "", "")), options)
            .withQuery(selection(selected).entries));
  }

  @Override
  public <R extends Struct> R post(
      String name, String subresource, Struct body, StructType<R> answer) {
    return Wire.decode(
        client.exchange(body(request("POST", path(namespace, name, subresource)), body)), answer);
  }

  @Override
  public <R extends Struct> R put(
      String name, String subresource, Struct body, StructType<R> answer) {
    return Wire.decode(
        client.exchange(body(request("PUT", path(namespace, name, subresource)), body)), answer);
  }

  @Override
  public <R extends Struct> R get(String name, String subresource, StructType<R> answer) {
    return Wire.decode(client.exchange(request("GET", path(namespace, name, subresource))), answer);
  }

  @Override
  public InputStream stream(String name, String subresource, Map<String, String> query) {
    return client
        .open(
            Request.of("GET", path(namespace, name, subresource))
                .withQuery(List.copyOf(query.entrySet()))
                .withHeader("Accept", "*/*"))
        .body();
  }

  private T object(Request request) {
    return Wire.decode(client.exchange(request), objectType.get());
  }

  private Request request(String method, String path) {
    return Request.of(method, path)
        .withTimeout(Limits.REQUEST_TIMEOUT)
        .withHeader("Accept", heads ? Wire.HEADS : Wire.MEDIA_TYPE);
  }

  private static Request body(Request request, Struct body) {
    return request.withBody(Wire.encode(body), Wire.MEDIA_TYPE);
  }

  private static Query selection(ListOptions options) {
    return new Query()
        .addIfSet("labelSelector", options.labelSelector())
        .addIfSet("fieldSelector", options.fieldSelector());
  }

  private String path(String inNamespace, String name, String subresource) {
    if (type.namespaced() && inNamespace.isEmpty() && !name.isEmpty()) {
      throw new IllegalStateException(type.plural() + " live in namespaces; call inNamespace");
    }
    return Paths.of(type, inNamespace, name, subresource);
  }

  private String namespaceOf(T object) {
    if (!namespace.isEmpty() || !type.namespaced()) {
      return namespace;
    }
    String own = object.metadata().namespace();
    return own == null || own.isEmpty() ? "default" : own;
  }

  private static String nameOf(ApiObject object) {
    String name = object.metadata().name();
    if (name == null || name.isEmpty()) {
      throw new IllegalArgumentException("the object has no name");
    }
    return name;
  }

  private static final class Query {

    final List<Map.Entry<String, String>> entries = new ArrayList<>();

    Query add(String name, String value) {
      entries.add(Map.entry(name, value));
      return this;
    }

    Query addIfSet(String name, @Nullable String value) {
      return value == null || value.isEmpty() ? this : add(name, value);
    }

    void apply(String manager, boolean force) {
      add("fieldManager", manager);
      if (force) {
        add("force", "true");
      }
    }
  }
}
