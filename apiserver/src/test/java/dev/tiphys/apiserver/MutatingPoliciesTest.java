package dev.tiphys.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.apiserver.TestApi.Answer;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What MutatingAdmissionPolicies do to objects, and what expressions may ask the authorizer. */
@ExtendWith(SharedApi.class)
class MutatingPoliciesTest {

  private static final String GROUP = "/apis/admissionregistration.k8s.io/v1";

  private static String namespace(TestApi api, String name) {
    api.admin().post("/api/v1/namespaces", "{\"metadata\":{\"name\":\"" + name + "\"}}");
    return "/api/v1/namespaces/" + name + "/configmaps";
  }

  /** A policy for the config maps of one namespace, and its binding. */
  private static void policy(TestApi api, String name, String namespace, String more) {
    Answer made =
        api.admin()
            .post(
                GROUP + "/mutatingadmissionpolicies",
                """
                {"metadata":{"name":"%s"},"spec":{"reinvocationPolicy":"Never",
                 "matchConstraints":{"resourceRules":[{"operations":["CREATE","UPDATE"],
                  "apiGroups":[""],"apiVersions":["v1"],"resources":["configmaps"]}],
                  "namespaceSelector":{"matchLabels":{"kubernetes.io/metadata.name":"%s"}}},%s}}
                """
                    .formatted(name, namespace, more));
    assertThat(made.code()).as(made.body()).isEqualTo(201);
    Answer bound =
        api.admin()
            .post(
                GROUP + "/mutatingadmissionpolicybindings",
                "{\"metadata\":{\"name\":\"%s\"},\"spec\":{\"policyName\":\"%s\"}}"
                    .formatted(name, name));
    assertThat(bound.code()).as(bound.body()).isEqualTo(201);
  }

  /** Policies count as soon as the server has followed the watch. */
  private static Answer until(TestApi api, String path, String body, String at, String value) {
    return Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> api.admin().post(path + "?dryRun=All", body),
            answer -> answer.at(at).contains(value));
  }

  @Test
  void anApplyConfigurationSetsWhatItMentionsAndKeepsTheRest(TestApi api) {
    String maps = namespace(api, "map-apply");
    policy(
        api,
        "apply.test",
        "map-apply",
        """
        "variables":[{"name":"who","expression":"request.userInfo.username"}],
        "mutations":[{"patchType":"ApplyConfiguration","applyConfiguration":{"expression":
          "Object{metadata: Object.metadata{labels: {'made-by': variables.who}}, data: {'n': string(size(object.data))}}"}}]
        """);

    Answer made =
        until(
            api,
            maps,
            "{\"metadata\":{\"name\":\"a\",\"labels\":{\"x\":\"y\"}},\"data\":{\"k\":\"v\"}}",
            "metadata.labels.made-by",
            "admin");

    assertThat(made.at("metadata.labels.x")).isEqualTo("y");
    assertThat(made.at("data.k")).isEqualTo("v");
    assertThat(made.at("data.n")).isEqualTo("1");
  }

  @Test
  void operationsOfAPatchAreAppliedInOrderAndEachMutationSeesTheOneBefore(TestApi api) {
    String maps = namespace(api, "map-patch");
    policy(
        api,
        "patch.test",
        "map-patch",
        """
        "mutations":[
         {"patchType":"JSONPatch","jsonPatch":{"expression":
          "[JSONPatch{op: 'add', path: '/metadata/labels', value: {}}, JSONPatch{op: 'add', path: '/metadata/labels/' + jsonpatch.escapeKey('x.io/b'), value: 'one'}] + (has(object.data.k) ? [JSONPatch{op: 'remove', path: '/data/k'}] : [])"}},
         {"patchType":"JSONPatch","jsonPatch":{"expression":
          "[JSONPatch{op: 'add', path: '/data/seen', value: object.metadata.labels['x.io/b']}]"}}]
        """);

    Answer made =
        until(
            api,
            maps,
            "{\"metadata\":{\"name\":\"a\"},\"data\":{\"k\":\"v\",\"z\":\"w\"}}",
            "data",
            "seen");

    assertThat(made.at("data")).isEqualTo("{\"seen\":\"one\",\"z\":\"w\"}");
  }

  @Test
  void whatCannotBeDoneIsRefusedUnlessFailuresAreIgnored(TestApi api) {
    String maps = namespace(api, "map-fail");
    String fails =
        """
        "mutations":[{"patchType":"JSONPatch","jsonPatch":{"expression":
          "[JSONPatch{op: 'remove', path: '/data/none'}]"}}]
        """;
    policy(api, "ignored.test", "map-fail", fails + ",\"failurePolicy\":\"Ignore\"");
    policy(api, "refused.test", "map-fail", fails);

    Answer refused =
        until(api, maps, "{\"metadata\":{\"name\":\"a\"},\"data\":{}}", "message", "refused.test");

    assertThat(refused.code()).isEqualTo(422);
    assertThat(refused.at("message"))
        .startsWith(
            "configmaps \"a\" is forbidden: policy 'refused.test' with binding 'refused.test'"
                + " denied request: ");
  }

  @Test
  void listsThatAreOwnedAsAWholeCannotBeSetInPart(TestApi api) {
    String pods = namespace(api, "map-atomic").replace("configmaps", "pods");
    api.admin()
        .post(
            "/api/v1/namespaces/map-atomic/serviceaccounts",
            "{\"metadata\":{\"name\":\"default\"}}");
    policy(
        api,
        "atomic.test",
        "map-atomic",
        """
        "mutations":[{"patchType":"ApplyConfiguration","applyConfiguration":{"expression":
          "Object{spec: Object.spec{containers: [Object.spec.containers{name: 'c', args: ['x']}]}}"}}]
        """
            .replace("configmaps", "pods"));
    api.admin()
        .patch(
            GROUP + "/mutatingadmissionpolicies/atomic.test",
            "json-patch+json",
            "[{\"op\":\"replace\",\"path\":\"/spec/matchConstraints/resourceRules/0/resources\",\"value\":[\"pods\"]}]");

    Answer refused =
        until(
            api,
            pods,
            "{\"metadata\":{\"name\":\"a\"},\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"i\"}]}}",
            "message",
            "atomic");

    assertThat(refused.at("message"))
        .contains("may not mutate atomic arrays, maps or structs: .spec.containers[0].args");
  }

  @Test
  void aPolicyThatAsksForItSeesWhatOthersChangedAfterIt(TestApi api) {
    String maps = namespace(api, "map-again");
    policy(
        api,
        "again-1.test",
        "map-again",
        """
        "mutations":[{"patchType":"ApplyConfiguration","applyConfiguration":{"expression":
          "Object{data: {'count': string(size(object.data))}}"}}]
        """);
    api.admin()
        .patch(
            GROUP + "/mutatingadmissionpolicies/again-1.test",
            "merge-patch+json",
            "{\"spec\":{\"reinvocationPolicy\":\"IfNeeded\"}}");
    policy(
        api,
        "again-2.test",
        "map-again",
        """
        "mutations":[{"patchType":"ApplyConfiguration","applyConfiguration":{"expression":
          "Object{data: {'other': 'x'}}"}}]
        """);

    until(api, maps, "{\"metadata\":{\"name\":\"a\"},\"data\":{\"k\":\"v\"}}", "data.count", "3");
  }

  @Test
  void expressionsAskWhatTheUserMayDo(TestApi api) {
    String maps = namespace(api, "map-authz");
    policy(
        api,
        "authz.test",
        "map-authz",
        """
        "mutations":[{"patchType":"ApplyConfiguration","applyConfiguration":{"expression":
          "Object{data: {'own': string(authorizer.requestResource.check('delete').allowed()), 'other': string(authorizer.serviceAccount('a', 'b').group('').resource('pods').subresource('log').namespace('x').check('get').allowed()), 'path': string(authorizer.path('/healthz').check('get').allowed()), 'why': authorizer.group('apps').resource('deployments').check('get').reason()}}"}}]
        """);

    Answer made = until(api, maps, "{\"metadata\":{\"name\":\"a\"},\"data\":{}}", "data", "own");

    assertThat(made.at("data"))
        .isEqualTo("{\"other\":\"false\",\"own\":\"true\",\"path\":\"true\",\"why\":\"\"}");
  }
}
