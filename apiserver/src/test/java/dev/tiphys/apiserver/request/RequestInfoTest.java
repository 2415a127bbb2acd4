package dev.tiphys.apiserver.request;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.apiserver.http.QueryParameters;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RequestInfoTest {

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "GET,    /api/v1/namespaces,                           list,             '', -,  namespaces, '',     ''",
        "GET,    /api/v1/namespaces/a,                         get,              '', a,  namespaces, '',     a",
        "PUT,    /api/v1/namespaces/a/finalize,                update,           '', a,  namespaces, finalize, a",
        "GET,    /api/v1/namespaces/a/pods,                    list,             '', a,  pods,       '',     ''",
        "POST,   /api/v1/namespaces/a/pods,                    create,           '', a,  pods,       '',     ''",
        "DELETE, /api/v1/namespaces/a/pods,                    deletecollection, '', a,  pods,       '',     ''",
        "DELETE, /api/v1/namespaces/a/pods/p,                  delete,           '', a,  pods,       '',     p",
        "HEAD,   /api/v1/namespaces/a/pods/p/log,              get,              '', a,  pods,       log,    p",
        "PATCH,  /apis/apps/v1/namespaces/a/deployments/d/scale, patch,          apps, a, deployments, scale, d",
        "GET,    /apis/apps/v1/deployments,                    list,             apps, -, deployments, '',   ''",
        "GET,    /api/v1/watch/namespaces/a/pods/p,            watch,            '', a,  pods,       '',     p",
      })
  void readsPathsAsUpstreamDoes(
      String method,
      String path,
      String verb,
      String group,
      String namespace,
      String resource,
      String subresource,
      String name) {
    RequestInfo info = RequestInfo.of(method, path, Query.EMPTY);
    assertThat(info.resourceRequest()).isTrue();
    assertThat(info.verb()).isEqualTo(verb);
    assertThat(info.group()).isEqualTo(group);
    assertThat(info.namespace()).isEqualTo(namespace == null ? "" : namespace);
    assertThat(info.resource()).isEqualTo(resource);
    assertThat(info.subresource()).isEqualTo(subresource);
    assertThat(info.name()).isEqualTo(name);
  }

  @ParameterizedTest
  @CsvSource({
    "/",
    "/api",
    "/api/v1",
    "/apis/apps",
    "/apis/apps/v1",
    "/healthz",
    "/openapi/v3/api/v1"
  })
  void otherPathsNameNoResource(String path) {
    RequestInfo info = RequestInfo.of("GET", path, Query.EMPTY);
    assertThat(info.resourceRequest()).isFalse();
    assertThat(info.verb()).isEqualTo("get");
  }

  @Test
  void aWatchIsAListThatGoesOn() {
    Query query = Query.of(QueryParameters.of(Map.of("watch", List.of("1"))));
    assertThat(RequestInfo.of("GET", "/api/v1/pods", query).verb()).isEqualTo("watch");
  }

  @Test
  void aListOfOneNameIsJudgedByThatName() {
    Query query =
        Query.of(QueryParameters.of(Map.of("fieldSelector", List.of("metadata.name=web"))));
    RequestInfo info = RequestInfo.of("GET", "/api/v1/namespaces/a/pods", query);
    assertThat(info.verb()).isEqualTo("list");
    assertThat(info.name()).isEqualTo("web");
    assertThat(info.namesObject()).isFalse();
  }

  @Test
  void namesAreDecodedOnce() {
    assertThat(RequestInfo.of("GET", "/api/v1/nodes/a%2525b+c", Query.EMPTY).name())
        .isEqualTo("a%25b+c");
  }
}
