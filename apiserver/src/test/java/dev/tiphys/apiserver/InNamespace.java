package dev.tiphys.apiserver;

import dev.tiphys.apiserver.TestApi.Answer;
import dev.tiphys.apiserver.TestApi.Client;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.ExtendWith;

/** Tests that each have a namespace of their own in the server that they share. */
@ExtendWith(SharedApi.class)
class InNamespace {

  TestApi api;
  Client admin;
  String namespace = "";
  String core = "";
  String apps = "";

  @BeforeEach
  void namespaceOfItsOwn(TestApi shared, TestInfo test) {
    api = shared;
    admin = shared.admin();
    namespace = "t" + Math.abs((getClass().getName() + test.getDisplayName()).hashCode());
    core = "/api/v1/namespaces/" + namespace;
    apps = "/apis/apps/v1/namespaces/" + namespace;
    admin.post("/api/v1/namespaces", "{\"metadata\":{\"name\":\"" + namespace + "\"}}");
    admin.post(core + "/serviceaccounts", "{\"metadata\":{\"name\":\"default\"}}");
  }

  Answer configMap(String name) {
    return admin.post(
        core + "/configmaps", "{\"metadata\":{\"name\":\"" + name + "\"},\"data\":{\"a\":\"b\"}}");
  }
}
