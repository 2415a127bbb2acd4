package dev.tiphys.apiserver.pipeline;

import dev.tiphys.apiserver.answer.Answers;
import dev.tiphys.apiserver.request.ApiCall;
import dev.tiphys.apiserver.request.ApiException;
import dev.tiphys.apiserver.request.Deprecation;
import dev.tiphys.apiserver.request.RequestInfo;
import dev.tiphys.apiserver.resource.Endpoint;
import dev.tiphys.apiserver.resource.Endpoints;
import dev.tiphys.apiserver.resource.ResourceVerbs;
import dev.tiphys.apiserver.resource.Unstored;
import dev.tiphys.apiserver.subresource.Subresource;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Who answers what. Immutable and thread-safe. */
public final class Routes {

  /** Answers requests for paths that name no resource. */
  @FunctionalInterface
  public interface Page {
    /** Answers a GET. */
    void answer(ApiCall call) throws IOException;
  }

  /** Answers for group versions that other servers serve. */
  @FunctionalInterface
  public interface Others {
    /** Answers, or says that no other server has that group version. */
    boolean answer(ApiCall call, String group, String version) throws IOException;
  }

  private final Others others;
  private final Endpoints endpoints;
  private final ResourceVerbs verbs;
  private final Map<String, Subresource> subresources;
  private final Map<String, Page> pages;

  /**
   * Lists all routes.
   *
   * @param subresources by {@code pods/exec}; those of all custom resources by {@code *&#47;scale}
   * @param pages by path; one that ends with a slash answers for all below it
   * @param others for what is not served here
   */
  public Routes(
      Endpoints endpoints,
      ResourceVerbs verbs,
      Map<String, Subresource> subresources,
      Map<String, Page> pages,
      Others others) {
    this.others = others;
    this.endpoints = endpoints;
    this.verbs = verbs;
    this.subresources = Map.copyOf(subresources);
    this.pages = Map.copyOf(pages);
  }

  void answer(ApiCall call) throws IOException {
    RequestInfo info = call.info();
    if (!info.resourceRequest()) {
      page(call);
      return;
    }
    Unstored action = endpoints.action(info.group(), info.version(), info.resource());
    if (action != null && info.subresource().isEmpty()) {
      tell(call, action.deprecation());
      action.handle(call);
      return;
    }
    Endpoint<?> endpoint = endpoints.find(info.group(), info.version(), info.resource());
    if (endpoint == null) {
      if (endpoints.serves(info.group(), info.version())) {
        throw ApiException.noSuchPath();
      }
      if (!others.answer(call, info.group(), info.version())) {
        nothingHere(call);
      }
      return;
    }
    resource(call, endpoint);
  }

  private void resource(ApiCall call, Endpoint<?> endpoint) throws IOException {
    String subresource = call.info().subresource();
    boolean offered = endpoint.resource().subresources().contains(subresource);
    boolean part =
        subresource.equals("status") || endpoint.resource().strategy().part(subresource) != null;
    if (subresource.isEmpty() || (part && offered)) {
      if (call.info().parts().size() > (subresource.isEmpty() ? 2 : 3)) {
        throw ApiException.noSuchPath();
      }
      tell(call, endpoint.resource().deprecation());
      verbs.handle(call, endpoint);
      return;
    }
    String owner = endpoint.isCustom() ? "*" : endpoint.type().plural();
    Subresource handler = subresources.get(owner + "/" + subresource);
    if (handler == null || !offered) {
      throw ApiException.noSuchPath();
    }
    tell(call, endpoint.resource().deprecation());
    handler.handle(call, endpoint);
  }

  private static void tell(ApiCall call, @Nullable Deprecation deprecation) {
    if (deprecation != null) {
      call.uses(deprecation);
    }
  }

  private void page(ApiCall call) throws IOException {
    Page page = pageOf(call.exchange().path());
    if (page == null) {
      nothingHere(call);
      return;
    }
    if (!call.exchange().method().equals("GET") && !call.exchange().method().equals("HEAD")) {
      throw ApiException.methodNotAllowed();
    }
    page.answer(call);
  }

  private @Nullable Page pageOf(String path) {
    Page exact = pages.get(path);
    int slash = path.length();
    while (exact == null && slash > 1) {
      slash = path.lastIndexOf('/', slash - 1);
      exact = slash > 0 ? pages.get(path.substring(0, slash + 1)) : null;
    }
    return exact;
  }

  private static void nothingHere(ApiCall call) throws IOException {
    Answers.text(call, 404, "404 page not found\n");
  }
}
