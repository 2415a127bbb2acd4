package dev.tiphys.apiserver.resource;

import dev.tiphys.api.meta.v1.DeleteOptions;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.apiserver.answer.Answers;
import dev.tiphys.apiserver.request.ApiCall;
import dev.tiphys.apiserver.request.ApiException;
import dev.tiphys.apiserver.request.DeletionOptions;
import dev.tiphys.apiserver.request.ListOptions;
import dev.tiphys.apiserver.request.MediaTypes;
import dev.tiphys.apiserver.request.RequestInfo;
import dev.tiphys.apiserver.request.WriteOptions;
import dev.tiphys.apiserver.resource.Deletes.Deleted;
import dev.tiphys.apiserver.storage.ListPage;
import dev.tiphys.apiserver.storage.ObjectCodec;
import dev.tiphys.apiserver.storage.ObjectKey;
import dev.tiphys.apiserver.storage.Stored;
import dev.tiphys.apiserver.strategy.PartRules;
import dev.tiphys.apiserver.strategy.Strategy;
import java.io.IOException;
import java.util.Set;

/** The verbs as requests ask for them: reads options and bodies, acts, answers. Thread-safe. */
public final class ResourceVerbs {

  /** Resources whose deletion answers with the object, not with a Status, as upstream's do. */
  private static final Set<String> RETURN_DELETED =
      Set.of(
          "pods",
          "services",
          "serviceaccounts",
          "persistentvolumes",
          "persistentvolumeclaims",
          "podtemplates",
          "resourcequotas");

  private final WatchServer watches;

  /** Serves watches by a server of their own. */
  public ResourceVerbs(WatchServer watches) {
    this.watches = watches;
  }

  /**
   * Answers a request for a resource, or for its status.
   *
   * @throws ApiException if it is refused
   * @throws IOException if the client went
   */
  public <T extends ApiObject> void handle(ApiCall call, Endpoint<T> endpoint) throws IOException {
    RequestInfo info = call.info();
    Part<T> part = part(endpoint.resource().strategy(), info.subresource());
    boolean status = !info.subresource().isEmpty();
    checkScope(call, endpoint);
    if (!ObjectCodec.hasProtobuf(endpoint.type().objectType().get())) {
      call.hasNoProtobuf();
    }
    switch (info.verb()) {
      case "get" -> get(call, endpoint);
      case "update" -> update(call, endpoint, part);
      case "patch" -> patch(call, endpoint, part);
      case "create" -> {
        if (status || info.namesObject()) {
          throw notAllowed(call, endpoint);
        }
        create(call, endpoint);
      }
      case "list" -> list(call, endpoint);
      case "watch" -> watch(call, endpoint);
      case "delete" -> {
        if (status) {
          throw notAllowed(call, endpoint);
        }
        delete(call, endpoint);
      }
      case "deletecollection" -> deleteCollection(call, endpoint);
      default -> throw ApiException.methodNotAllowed();
    }
  }

  private static <T extends ApiObject> Part<T> part(Strategy<T> strategy, String subresource) {
    if (subresource.isEmpty()) {
      return Part.whole(strategy);
    }
    PartRules<T> rules = strategy.part(subresource);
    return rules == null ? Part.status(strategy) : Part.of(subresource, rules);
  }

  private static void checkScope(ApiCall call, Endpoint<?> endpoint) {
    RequestInfo info = call.info();
    boolean needsName = info.verb().equals("update") || info.verb().equals("patch");
    boolean unknown =
        info.subresource().isEmpty() && !endpoint.type().verbs().contains(info.verb());
    if (info.verb().isEmpty() || unknown || (needsName && !info.namesObject())) {
      throw ApiException.methodNotAllowed();
    }
    boolean inNamespace = !info.namespace().isEmpty();
    if (endpoint.type().namespaced()) {
      boolean collection = info.verb().equals("list") || info.verb().equals("watch");
      if (!inNamespace && !(collection && !info.namesObject())) {
        throw info.verb().equals("create") || info.verb().equals("deletecollection")
            ? ApiException.methodNotAllowed()
            : ApiException.noSuchPath();
      }
    } else if (inNamespace && !info.resource().equals("namespaces")) {
      throw ApiException.noSuchPath();
    }
  }

  private static ApiException notAllowed(ApiCall call, Endpoint<?> endpoint) {
    return ApiException.methodNotAllowed(
        call.info().verb(), endpoint.type().group(), endpoint.type().plural());
  }

  /** Where the object is that a request names. */
  public static ObjectKey keyOf(ApiCall call, Endpoint<?> endpoint) {
    RequestInfo info = call.info();
    return new ObjectKey(endpoint.type().namespaced() ? info.namespace() : "", info.name());
  }

  private static String namespaceOf(ApiCall call, Endpoint<?> endpoint) {
    return endpoint.type().namespaced() ? call.info().namespace() : "";
  }

  /** Who writes and how, as a request tells. */
  public static WriteContext contextOf(ApiCall call, WriteOptions.Kind kind) {
    return new WriteContext(
        call.user(),
        WriteOptions.of(call.query(), kind, call.userAgent()),
        call::warn,
        call::annotate);
  }

  private static <T extends ApiObject> void get(ApiCall call, Endpoint<T> endpoint)
      throws IOException {
    call.answer();
    Stored<T> stored =
        endpoint.reads().get(keyOf(call, endpoint), call.query().first("resourceVersion"));
    endpoint.answers().object(call, 200, stored);
  }

  private static <T extends ApiObject> void list(ApiCall call, Endpoint<T> endpoint)
      throws IOException {
    call.answer();
    ListPage<T> page =
        endpoint.reads().list(namespaceOf(call, endpoint), ListOptions.of(call.query()));
    endpoint.answers().list(call, page);
  }

  private <T extends ApiObject> void watch(ApiCall call, Endpoint<T> endpoint) throws IOException {
    call.answer();
    ListOptions options = ListOptions.of(call.query());
    String namespace = namespaceOf(call, endpoint);
    if (call.info().namesObject()) {
      // The old form /watch/…/NAME: one object, whatever the selector says.
      options = options.withFieldSelector("metadata.name=" + call.info().name());
    }
    watches.serve(call, endpoint, namespace, options);
  }

  private static <T extends ApiObject> void create(ApiCall call, Endpoint<T> endpoint)
      throws IOException {
    call.answer();
    WriteContext context = contextOf(call, WriteOptions.Kind.CREATE);
    T body = body(call, endpoint, context);
    Written<T> written = endpoint.writes().create(context, namespaceOf(call, endpoint), body);
    send(call, endpoint, written);
  }

  private static <T extends ApiObject> void update(ApiCall call, Endpoint<T> endpoint, Part<T> part)
      throws IOException {
    call.answer();
    WriteContext context = contextOf(call, WriteOptions.Kind.UPDATE);
    T body = body(call, endpoint, context);
    checkName(call, body);
    send(call, endpoint, endpoint.writes().replace(context, keyOf(call, endpoint), part, body));
  }

  private static <T extends ApiObject> void patch(ApiCall call, Endpoint<T> endpoint, Part<T> part)
      throws IOException {
    call.answer();
    Patches.Type type = Patches.typeOf(call.contentType());
    if (type == Patches.Type.STRATEGIC && endpoint.isCustom()) {
      // Which lists merge by which key is not known of custom resources.
      throw MediaTypes.unsupported(Patches.ACCEPTED_BY_CUSTOM);
    }
    WriteContext context =
        contextOf(
            call, type == Patches.Type.APPLY ? WriteOptions.Kind.APPLY : WriteOptions.Kind.PATCH);
    byte[] body = call.body();
    Written<T> written =
        type == Patches.Type.APPLY
            ? Applies.apply(call, endpoint, part, context, body)
            : endpoint
                .writes()
                .modify(
                    context,
                    keyOf(call, endpoint),
                    part,
                    Patches.edit(
                        endpoint.type().kind(),
                        endpoint.type().plural(),
                        type,
                        body,
                        context.options().fieldValidation(),
                        context.warnings()));
    send(call, endpoint, written);
  }

  private static <T extends ApiObject> void delete(ApiCall call, Endpoint<T> endpoint)
      throws IOException {
    call.answer();
    DeleteOptions options = DeletionOptions.of(call.query(), call.body(), call.contentType());
    Deleted<T> deleted = endpoint.deletes().delete(call.user(), keyOf(call, endpoint), options);
    if (deleted.gone() && !RETURN_DELETED.contains(endpoint.type().plural())) {
      Answers.struct(
          call,
          200,
          Answers.success(
              endpoint.type().group(),
              endpoint.type().plural(),
              call.info().name(),
              deleted.object().metadata().uid()));
      return;
    }
    boolean waits = !deleted.gone() && Boolean.FALSE.equals(options.orphanDependents());
    endpoint.answers().object(call, waits ? 202 : 200, deleted.object());
  }

  private static <T extends ApiObject> void deleteCollection(ApiCall call, Endpoint<T> endpoint)
      throws IOException {
    call.answer();
    ListOptions list = ListOptions.of(call.query());
    DeleteOptions options = DeletionOptions.of(call.query(), call.body(), call.contentType());
    ListPage<T> page = endpoint.reads().list(namespaceOf(call, endpoint), list);
    DeleteCollection.delete(call.user(), endpoint, page.items(), options);
    endpoint.answers().list(call, page);
  }

  /** Reads the body as the endpoint's kind. */
  static <T extends ApiObject> T body(ApiCall call, Endpoint<T> endpoint, WriteContext context)
      throws IOException {
    return Bodies.read(
        call.body(),
        call.contentType(),
        endpoint.type().objectType().get(),
        context.options().fieldValidation(),
        context.warnings());
  }

  /** Refuses a body that is about another object than the path. */
  static void checkName(ApiCall call, ApiObject body) {
    String name = Writes.text(body.metadata().name());
    String wanted = call.info().name();
    if (name.isEmpty()) {
      throw ApiException.badRequest(
          "the name of the object ("
              + wanted
              + " based on URL) was undeterminable: name must be provided");
    }
    if (!name.equals(wanted)) {
      throw ApiException.badRequest(
          "the name of the object ("
              + name
              + ") does not match the name on the URL ("
              + wanted
              + ")");
    }
    String namespace = Writes.text(body.metadata().namespace());
    if (!namespace.isEmpty()
        && !call.info().namespace().isEmpty()
        && !call.info().resource().equals("namespaces")
        && !namespace.equals(call.info().namespace())) {
      throw ApiException.badRequest(
          "the namespace of the object ("
              + namespace
              + ") does not match the namespace on the request ("
              + call.info().namespace()
              + ")");
    }
  }

  private static <T extends ApiObject> void send(
      ApiCall call, Endpoint<T> endpoint, Written<T> written) throws IOException {
    int code = written.created() ? 201 : 200;
    Stored<T> stored = written.stored();
    if (stored == null) {
      endpoint.answers().object(call, code, written.object());
    } else {
      endpoint.answers().object(call, code, stored);
    }
  }
}
