package dev.tiphys.apiserver.strategy.control;

import dev.tiphys.api.flowcontrol.v1.ExemptPriorityLevelConfiguration;
import dev.tiphys.api.flowcontrol.v1.FlowDistinguisherMethod;
import dev.tiphys.api.flowcontrol.v1.FlowSchema;
import dev.tiphys.api.flowcontrol.v1.FlowSchemaSpec;
import dev.tiphys.api.flowcontrol.v1.GroupSubject;
import dev.tiphys.api.flowcontrol.v1.LimitResponse;
import dev.tiphys.api.flowcontrol.v1.LimitedPriorityLevelConfiguration;
import dev.tiphys.api.flowcontrol.v1.NonResourcePolicyRule;
import dev.tiphys.api.flowcontrol.v1.PolicyRulesWithSubjects;
import dev.tiphys.api.flowcontrol.v1.PriorityLevelConfiguration;
import dev.tiphys.api.flowcontrol.v1.PriorityLevelConfigurationReference;
import dev.tiphys.api.flowcontrol.v1.PriorityLevelConfigurationSpec;
import dev.tiphys.api.flowcontrol.v1.QueuingConfiguration;
import dev.tiphys.api.flowcontrol.v1.ResourcePolicyRule;
import dev.tiphys.api.flowcontrol.v1.ServiceAccountSubject;
import dev.tiphys.api.flowcontrol.v1.Subject;
import dev.tiphys.api.flowcontrol.v1.UserSubject;
import dev.tiphys.api.meta.v1.ObjectMeta;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The flow schemas and priority levels that every cluster has: those that it cannot do without
 * ({@code exempt}, {@code catch-all}), and those that are a good beginning. Names, shares and
 * queues are upstream's, for operators know them.
 */
public final class StandardFlows {

  /** Says {@code true} on objects that the server keeps as it makes them. */
  public static final String AUTO_UPDATE = "apf.kubernetes.io/autoupdate-spec";

  private static final String EXEMPT = "exempt";
  private static final String CATCH_ALL = "catch-all";
  private static final String BY_USER = "ByUser";
  private static final String BY_NAMESPACE = "ByNamespace";
  private static final List<String> ALL = List.of("*");
  private static final List<String> ELECTING = List.of("get", "create", "update");
  private static final List<Subject> EVERYBODY =
      List.of(group("system:unauthenticated"), group("system:authenticated"));
  private static final List<Subject> NODES = List.of(group("system:nodes"));
  private static final List<Subject> KUBE_SYSTEM = List.of(accounts("kube-system", "*"));

  private StandardFlows() {}

  /** The levels that no cluster may lack. */
  public static List<PriorityLevelConfiguration> mandatoryLevels() {
    return List.of(
        level(
            EXEMPT,
            PriorityLevelConfigurationSpec.builder()
                .type("Exempt")
                .exempt(
                    ExemptPriorityLevelConfiguration.builder()
                        .nominalConcurrencyShares(0)
                        .lendablePercent(0)
                        .build())
                .build()),
        limited(CATCH_ALL, 5, 0, null));
  }

  /** All levels. */
  public static List<PriorityLevelConfiguration> levels() {
    return joined(
        mandatoryLevels(),
        List.of(
            limited("system", 30, 33, queues(64, 6)),
            limited("node-high", 40, 25, queues(64, 6)),
            limited("leader-election", 10, 0, queues(16, 4)),
            limited("workload-high", 40, 50, queues(128, 6)),
            limited("workload-low", 100, 90, queues(128, 6)),
            limited("global-default", 20, 50, queues(128, 6))));
  }

  /** The schemas that no cluster may lack. */
  public static List<FlowSchema> mandatorySchemas() {
    return List.of(
        schema(EXEMPT, EXEMPT, 1, null, everything(List.of(group("system:masters")))),
        schema(CATCH_ALL, CATCH_ALL, 10_000, BY_USER, everything(EVERYBODY)));
  }

  /** All schemas. */
  public static List<FlowSchema> schemas() {
    List<Subject> electing =
        joined(
            List.of(user("system:kube-controller-manager"), user("system:kube-scheduler")),
            KUBE_SYSTEM);
    ResourcePolicyRule leases = rule(ELECTING, "coordination.k8s.io", List.of("leases"), ALL);
    List<String> locks = List.of("endpoints", "configmaps");
    return joined(
        mandatorySchemas(),
        List.of(
            schema("system-nodes", "system", 500, BY_USER, everything(NODES)),
            schema("system-node-high", "node-high", 400, BY_USER, nodes()),
            schema("probes", EXEMPT, 2, null, probes()),
            schema(
                "system-leader-election",
                "leader-election",
                100,
                BY_USER,
                resources(electing, rule(ELECTING, "", locks, List.of("kube-system")), leases)),
            schema(
                "workload-leader-election",
                "leader-election",
                200,
                BY_USER,
                resources(KUBE_SYSTEM, rule(ELECTING, "", locks, ALL), leases)),
            schema(
                "endpoint-controller",
                "workload-high",
                150,
                BY_USER,
                resources(
                    List.of(
                        user("system:kube-controller-manager"),
                        accounts("kube-system", "endpoint-controller"),
                        accounts("kube-system", "endpointslicemirroring-controller")),
                    rule(ELECTING, "", List.of("endpoints"), ALL))),
            schema(
                "kube-controller-manager",
                "workload-high",
                800,
                BY_NAMESPACE,
                everything(List.of(user("system:kube-controller-manager")))),
            schema(
                "kube-scheduler",
                "workload-high",
                800,
                BY_NAMESPACE,
                everything(List.of(user("system:kube-scheduler")))),
            schema(
                "kube-system-service-accounts",
                "workload-high",
                900,
                BY_NAMESPACE,
                everything(KUBE_SYSTEM)),
            schema(
                "service-accounts",
                "workload-low",
                9000,
                BY_USER,
                everything(List.of(group("system:serviceaccounts")))),
            schema("global-default", "global-default", 9900, BY_USER, everything(EVERYBODY))));
  }

  private static PolicyRulesWithSubjects nodes() {
    return resources(
        NODES,
        rule(ALL, "", List.of("nodes", "nodes/status"), ALL).withClusterScope(true),
        rule(ALL, "coordination.k8s.io", List.of("leases"), ALL));
  }

  private static PolicyRulesWithSubjects probes() {
    return PolicyRulesWithSubjects.builder()
        .subjects(EVERYBODY)
        .nonResourceRules(
            List.of(
                NonResourcePolicyRule.builder()
                    .verbs(List.of("get"))
                    .nonResourceURLs(List.of("/healthz", "/readyz", "/livez"))
                    .build()))
        .build();
  }

  private static PolicyRulesWithSubjects everything(List<Subject> subjects) {
    return PolicyRulesWithSubjects.builder()
        .subjects(subjects)
        .resourceRules(
            List.of(
                ResourcePolicyRule.builder()
                    .verbs(ALL)
                    .apiGroups(ALL)
                    .resources(ALL)
                    .clusterScope(true)
                    .namespaces(ALL)
                    .build()))
        .nonResourceRules(
            List.of(NonResourcePolicyRule.builder().verbs(ALL).nonResourceURLs(ALL).build()))
        .build();
  }

  private static PolicyRulesWithSubjects resources(
      List<Subject> subjects, ResourcePolicyRule... rules) {
    return PolicyRulesWithSubjects.builder()
        .subjects(subjects)
        .resourceRules(List.of(rules))
        .build();
  }

  private static ResourcePolicyRule rule(
      List<String> verbs, String group, List<String> resources, List<String> namespaces) {
    return ResourcePolicyRule.builder()
        .verbs(verbs)
        .apiGroups(List.of(group))
        .resources(resources)
        .namespaces(namespaces)
        .build();
  }

  private static Subject user(String name) {
    return Subject.builder().kind("User").user(UserSubject.builder().name(name).build()).build();
  }

  private static Subject group(String name) {
    return Subject.builder().kind("Group").group(GroupSubject.builder().name(name).build()).build();
  }

  private static Subject accounts(String namespace, String name) {
    return Subject.builder()
        .kind("ServiceAccount")
        .serviceAccount(ServiceAccountSubject.builder().namespace(namespace).name(name).build())
        .build();
  }

  private static QueuingConfiguration queues(int count, int hand) {
    return QueuingConfiguration.builder().queues(count).handSize(hand).queueLengthLimit(50).build();
  }

  private static PriorityLevelConfiguration limited(
      String name, int shares, int lendable, @Nullable QueuingConfiguration queues) {
    return level(
        name,
        PriorityLevelConfigurationSpec.builder()
            .type("Limited")
            .limited(
                LimitedPriorityLevelConfiguration.builder()
                    .nominalConcurrencyShares(shares)
                    .lendablePercent(lendable)
                    .limitResponse(
                        LimitResponse.builder()
                            .type(queues == null ? "Reject" : "Queue")
                            .queuing(queues)
                            .build())
                    .build())
            .build());
  }

  private static PriorityLevelConfiguration level(
      String name, PriorityLevelConfigurationSpec spec) {
    return PriorityLevelConfiguration.builder().metadata(metadata(name)).spec(spec).build();
  }

  private static FlowSchema schema(
      String name,
      String level,
      int precedence,
      @Nullable String method,
      PolicyRulesWithSubjects rules) {
    return FlowSchema.builder()
        .metadata(metadata(name))
        .spec(
            FlowSchemaSpec.builder()
                .priorityLevelConfiguration(
                    PriorityLevelConfigurationReference.builder().name(level).build())
                .matchingPrecedence(precedence)
                .distinguisherMethod(
                    method == null ? null : FlowDistinguisherMethod.builder().type(method).build())
                .rules(List.of(rules))
                .build())
        .build();
  }

  private static ObjectMeta metadata(String name) {
    return ObjectMeta.builder().name(name).annotations(Map.of(AUTO_UPDATE, "true")).build();
  }

  private static <T> List<T> joined(List<T> one, List<T> other) {
    return new ArrayList<>(Stream.concat(one.stream(), other.stream()).toList());
  }
}
