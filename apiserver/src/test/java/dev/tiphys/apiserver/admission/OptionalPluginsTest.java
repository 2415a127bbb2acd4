package dev.tiphys.apiserver.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.api.Resources;
import dev.tiphys.api.codec.JsonCodec;
import dev.tiphys.api.core.v1.Container;
import dev.tiphys.api.core.v1.Event;
import dev.tiphys.api.core.v1.Namespace;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.Service;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.api.meta.v1.OwnerReference;
import dev.tiphys.api.schema.ResourceType;
import dev.tiphys.apiserver.admission.Admission.Operation;
import dev.tiphys.apiserver.admission.Admission.Request;
import dev.tiphys.apiserver.authn.User;
import dev.tiphys.apiserver.authz.Authorizer;
import dev.tiphys.apiserver.request.ApiException;
import dev.tiphys.apiserver.strategy.ClusterView;
import dev.tiphys.apiserver.strategy.FewObjects;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/** Plug-ins that are off unless a flag asks for them. */
@NullUnmarked
class OptionalPluginsTest {

  private static Request request(Operation operation, ResourceType<?> type) {
    return new Request(operation, type, "", "default", "web", User.ANONYMOUS, false);
  }

  @Test
  void imagesAreAlwaysPulledWhateverAPodSays() {
    Pod pod =
        JsonCodec.decode(
            """
            {"spec":{"containers":[{"name":"a","image":"i","imagePullPolicy":"Never"}],
             "initContainers":[{"name":"b","image":"i"}],
             "volumes":[{"name":"v","image":{"reference":"i"}},{"name":"w","emptyDir":{}}]}}
            """,
            Pod.TYPE);

    Pod pulled =
        new AlwaysPullImages().mutate(request(Operation.CREATE, Resources.PODS), pod, null);

    assertThat(pulled.spec().containers())
        .extracting(Container::imagePullPolicy)
        .containsExactly("Always");
    assertThat(pulled.spec().initContainers())
        .extracting(Container::imagePullPolicy)
        .containsExactly("Always");
    assertThat(pulled.spec().volumes().getFirst().image().pullPolicy()).isEqualTo("Always");
    assertThat(pulled.spec().volumes().getLast()).isEqualTo(pod.spec().volumes().getLast());
  }

  @Test
  void externalAddressesMayStayAndNotCome() {
    DenyServiceExternalIps plugin = new DenyServiceExternalIps();
    Service with = service("\"192.0.2.1\"");
    Request update = request(Operation.UPDATE, Resources.SERVICES);

    assertThatCode(() -> plugin.validate(update, service(""), with)).doesNotThrowAnyException();
    assertThatCode(() -> plugin.validate(update, with, with)).doesNotThrowAnyException();
    assertThatThrownBy(() -> plugin.validate(update, service("\"192.0.2.2\""), with))
        .isInstanceOf(ApiException.class)
        .hasMessageContaining("Use of external IPs is denied by admission control");
    assertThatThrownBy(
            () -> plugin.validate(request(Operation.CREATE, Resources.SERVICES), with, null))
        .isInstanceOf(ApiException.class);
  }

  private static Service service(String addresses) {
    return JsonCodec.decode("{\"spec\":{\"externalIPs\":[" + addresses + "]}}", Service.TYPE);
  }

  @Test
  void onlySoManyEventsAreTaken() throws Exception {
    long[] now = {0};
    EventRateLimit plugin =
        new EventRateLimit(
            EventRateLimit.Settings.read(
                """
                apiVersion: eventratelimit.admission.k8s.io/v1alpha1
                kind: Configuration
                limits: [{type: Namespace, qps: 1, burst: 2}]
                """
                    .getBytes(StandardCharsets.UTF_8)),
            () -> now[0]);
    Event event = Event.builder().build();
    Request create = request(Operation.CREATE, Resources.EVENTS);
    plugin.validate(create, event, null);
    plugin.validate(create, event, null);

    assertThatThrownBy(() -> plugin.validate(create, event, null))
        .isInstanceOf(ApiException.class)
        .hasMessage("Too many requests: limit reached on type Namespace for key default");
    now[0] += 1_000_000_000L;
    assertThatCode(() -> plugin.validate(create, event, null)).doesNotThrowAnyException();
  }

  @Test
  void podsGoWhereTheirNamespaceSays() throws Exception {
    PodNodeSelector plugin =
        new PodNodeSelector(
            namespaces(
                "{\"annotations\":{\"scheduler.alpha.kubernetes.io/node-selector\":\"a=b,c=d\"}}"),
            PodNodeSelector.Settings.read(
                "podNodeSelectorPluginConfig: {clusterDefaultNodeSelector: 'e=f', default: 'a=b,c=d,g=h'}"
                    .getBytes(StandardCharsets.UTF_8)));
    Request create = request(Operation.CREATE, Resources.PODS);

    assertThat(
            plugin
                .mutate(create, pod("\"nodeSelector\":{\"g\":\"h\"}"), null)
                .spec()
                .nodeSelector())
        .containsExactlyInAnyOrderEntriesOf(Map.of("a", "b", "c", "d", "g", "h"));
    assertThatThrownBy(() -> plugin.mutate(create, pod("\"nodeSelector\":{\"a\":\"x\"}"), null))
        .hasMessageContaining(
            "pod node label selector conflicts with its namespace node label selector");
    assertThatThrownBy(() -> plugin.mutate(create, pod("\"nodeSelector\":{\"x\":\"y\"}"), null))
        .hasMessageContaining("conflict with its namespace whitelist");
  }

  @Test
  void podsTolerateNodesKeptForWhatTheyAskFor() {
    Pod asking =
        pod(
            "\"containers\":[{\"name\":\"c\",\"resources\":{\"requests\":{\"cpu\":\"1\",\"example.com/gpu\":\"1\"}}}]");

    assertThat(
            new ExtendedResourceToleration()
                .mutate(request(Operation.CREATE, Resources.PODS), asking, null)
                .spec()
                .tolerations())
        .extracting(t -> t.key() + " " + t.operator() + " " + t.effect())
        .containsExactly("example.com/gpu Exists NoSchedule");
  }

  @Test
  void podsKeepOthersFromTheirNodeOnly() {
    Pod wide =
        pod(
            "\"affinity\":{\"podAntiAffinity\":{\"requiredDuringSchedulingIgnoredDuringExecution\":[{\"topologyKey\":\"zone\"}]}}");

    assertThatThrownBy(() ->
            new LimitPodHardAntiAffinityTopology()
                .validate(request(Operation.CREATE, Resources.PODS), wide, null))
        .hasMessageContaining(
            "has TopologyKey zone but only key kubernetes.io/hostname is allowed");
  }

  @Test
  void anOwnerIsGivenByWhoMayDeleteAndKeptByWhoMayFinalize() {
    Set<String> may = new HashSet<>();
    OwnerReferencePermissions plugin =
        new OwnerReferencePermissions(
            namespaces("{}"),
            () ->
                asked ->
                    may.contains(asked.verb() + " " + asked.combinedResource())
                        ? Authorizer.Decision.allow("")
                        : Authorizer.Decision.noOpinion("no"));
    Pod plain = pod("\"nodeName\":\"n\"");
    Pod owned =
        plain.withMetadata(
            ObjectMeta.builder()
                .ownerReferences(
                    List.of(
                        OwnerReference.builder()
                            .apiVersion("apps/v1")
                            .kind("ReplicaSet")
                            .name("r")
                            .uid("1")
                            .blockOwnerDeletion(true)
                            .build()))
                .build());
    Request update = request(Operation.UPDATE, Resources.PODS);

    assertThatThrownBy(() -> plugin.validate(update, owned, plain))
        .hasMessageContaining("cannot set an ownerRef on a resource you can't delete: no, <nil>");
    may.add("delete pods");
    assertThatThrownBy(() -> plugin.validate(update, owned, plain))
        .hasMessageContaining("refers to a resource you can't set finalizers on: no, <nil>");
    may.add("update replicasets/finalizers");
    assertThatCode(() -> plugin.validate(update, owned, plain)).doesNotThrowAnyException();
    assertThatCode(() -> plugin.validate(update, owned, owned)).doesNotThrowAnyException();
  }

  @Test
  void podsGetTheirNamespacesTolerationsAndNoOthersThanListed() throws Exception {
    PodTolerationRestriction plugin =
        new PodTolerationRestriction(
            namespaces(
                "{\"annotations\":{\"scheduler.alpha.kubernetes.io/tolerationsWhitelist\":"
                    + "\"[{\\\"operator\\\":\\\"Exists\\\",\\\"effect\\\":\\\"NoSchedule\\\"}]\"}}"),
            PodTolerationRestriction.Settings.read(
                """
                apiVersion: podtolerationrestriction.admission.k8s.io/v1alpha1
                kind: Configuration
                default: [{key: a, operator: Exists, effect: NoSchedule}]
                """
                    .getBytes(StandardCharsets.UTF_8)));
    Request create = request(Operation.CREATE, Resources.PODS);
    Pod narrow = pod("\"tolerations\":[{\"key\":\"a\",\"value\":\"x\",\"effect\":\"NoSchedule\"}]");

    Pod made = plugin.mutate(create, narrow, null);

    assertThat(made.spec().tolerations())
        .as("what others include is left out")
        .extracting(t -> t.key() + " " + t.operator())
        .containsExactly("a Exists");
    assertThatCode(() -> plugin.validate(create, made, null)).doesNotThrowAnyException();
    Pod wide = pod("\"tolerations\":[{\"key\":\"a\",\"operator\":\"Exists\"}]");
    assertThatThrownBy(() -> plugin.validate(create, wide, null))
        .hasMessageContaining("conflict with its namespace whitelist");
  }

  @Test
  void aNamespaceIsMadeWithItsFirstObject() {
    List<String> made = new ArrayList<>();
    NamespaceAutoProvision there = new NamespaceAutoProvision(namespaces("{}"));
    NamespaceAutoProvision missing = new NamespaceAutoProvision(namespaces(null));
    there.madeBy(made::add);
    missing.madeBy(made::add);
    Pod pod = pod("\"nodeName\":\"n\"");

    there.mutate(request(Operation.CREATE, Resources.PODS), pod, null);
    missing.mutate(request(Operation.UPDATE, Resources.PODS), pod, pod);
    assertThat(made).isEmpty();
    missing.mutate(request(Operation.CREATE, Resources.PODS), pod, null);
    assertThat(made).containsExactly("default");
  }

  @Test
  void nothingIsWrittenWhereThereIsNoNamespace() {
    Request create = request(Operation.CREATE, Resources.PODS);

    assertThatCode(() ->
            new NamespaceExists(namespaces("{}")).validate(create, pod("\"nodeName\":\"n\""), null))
        .doesNotThrowAnyException();
    assertThatThrownBy(() ->
            new NamespaceExists(namespaces(null)).validate(create, pod("\"nodeName\":\"n\""), null))
        .hasMessage("namespaces \"default\" not found");
  }

  private static Pod pod(String spec) {
    return JsonCodec.decode("{\"spec\":{" + spec + "}}", Pod.TYPE);
  }

  /** A cluster in which each namespace has some metadata, or there is none. */
  private static ClusterView namespaces(String metadata) {
    return new FewObjects((namespace, name) ->
        metadata == null
            ? null
            : JsonCodec.decode("{\"metadata\":" + metadata + "}", Namespace.TYPE));
  }
}
