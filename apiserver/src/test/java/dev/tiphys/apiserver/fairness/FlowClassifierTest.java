package dev.tiphys.apiserver.fairness;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.api.flowcontrol.v1.FlowSchema;
import dev.tiphys.apiserver.authn.User;
import dev.tiphys.apiserver.request.Query;
import dev.tiphys.apiserver.request.RequestInfo;
import dev.tiphys.apiserver.strategy.control.StandardFlows;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FlowClassifierTest {

  private final FlowClassifier standard =
      FlowClassifier.of(StandardFlows.schemas(), StandardFlows.levels());

  @ParameterizedTest
  @CsvSource({
    "admin,system:masters,POST,/api/v1/namespaces/a/pods,exempt,exempt,''",
    "joe,devs,GET,/api/v1/namespaces/a/pods,global-default,global-default,joe",
    "joe,devs,GET,/healthz,probes,exempt,''",
    "joe,devs,GET,/readyz/etcd,probes,exempt,''",
    "joe,devs,GET,/version,global-default,global-default,joe",
    "system:node:n1,system:nodes,GET,/api/v1/pods,system-nodes,system,system:node:n1",
    "system:node:n1,system:nodes,PATCH,/api/v1/nodes/n1/status,system-node-high,node-high,system:node:n1",
    "system:kube-scheduler,x,POST,/api/v1/namespaces/a/pods/p/binding,kube-scheduler,workload-high,a",
    "system:kube-scheduler,x,PUT,/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/l,"
        + "system-leader-election,leader-election,system:kube-scheduler",
    "system:serviceaccount:kube-system:dns,system:serviceaccounts,GET,/api/v1/namespaces/b/services,"
        + "kube-system-service-accounts,workload-high,b",
    "system:serviceaccount:prod:app,system:serviceaccounts,GET,/api/v1/namespaces/b/services,"
        + "service-accounts,workload-low,system:serviceaccount:prod:app",
  })
  void standardSchemasSortAsUpstreams(
      String user,
      String group,
      String method,
      String path,
      String schema,
      String level,
      String of) {
    Flow flow =
        requireNonNull(
            standard.classify(
                User.of(user, List.of(group, "system:authenticated")),
                RequestInfo.of(method, path, Query.EMPTY)));

    assertThat(flow.schema().name()).isEqualTo(schema);
    assertThat(flow.schema().level()).isEqualTo(level);
    assertThat(flow.distinguisher()).isEqualTo(of);
  }

  @Test
  void ofTwoSchemasTheOneWithTheSmallerPrecedenceHoldsAndThenTheName() {
    FlowSchema all = StandardFlows.mandatorySchemas().get(1);
    FlowClassifier classifier =
        FlowClassifier.of(
            List.of(
                all,
                all.withMetadata(all.metadata().withName("b"))
                    .withSpec(requireNonNull(all.spec()).withMatchingPrecedence(7)),
                all.withMetadata(all.metadata().withName("a"))
                    .withSpec(requireNonNull(all.spec()).withMatchingPrecedence(7))),
            StandardFlows.levels());

    assertThat(classifier.schemas())
        .extracting(Flow.Schema::name)
        .containsExactly("a", "b", "catch-all");
  }

  @Test
  void schemasWhoseLevelDoesNotExistArePassedOver() {
    assertThat(
            FlowClassifier.of(StandardFlows.schemas(), StandardFlows.mandatoryLevels()).schemas())
        .extracting(Flow.Schema::name)
        .containsExactly("exempt", "probes", "catch-all");
  }
}
