package dev.tiphys.apiserver.conversion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.api.Resources;
import dev.tiphys.api.autoscaling.v1.HorizontalPodAutoscaler;
import dev.tiphys.api.codec.JsonCodec;
import dev.tiphys.api.resource.v1.ResourceClaim;
import dev.tiphys.api.resource.v1.ResourceSlice;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class VersionsTest {

  @Test
  void theMostMatureVersionIsStored() {
    assertThat(Versions.stored(Resources.HORIZONTAL_POD_AUTOSCALERS))
        .isSameAs(Resources.HORIZONTAL_POD_AUTOSCALERS_V2);
    assertThat(Versions.stored(Resources.RESOURCE_CLAIMS_V1BETA1))
        .isSameAs(Resources.RESOURCE_CLAIMS);
    assertThat(Versions.stored(Resources.DEVICE_TAINT_RULES_V1ALPHA3))
        .isSameAs(Resources.DEVICE_TAINT_RULES_V1BETA2);
    assertThat(Versions.conversion(Resources.PODS)).isNull();
  }

  @Test
  void versionsAreOrderedByMaturityThenAge() {
    assertThat(
            Stream.of("v1", "v1beta1", "v2", "v1alpha3", "v1beta2", "odd")
                .sorted(VersionOrder.NEWEST_FIRST))
        .containsExactly("v2", "v1", "v1beta2", "v1beta1", "v1alpha3", "odd");
  }

  @Test
  void whatAnOlderAutoscalerCannotSayStandsInItsAnnotations() {
    var v2 =
        JsonCodec.decode(
            """
            {"metadata":{"name":"a"},"spec":{"maxReplicas":3,"scaleTargetRef":{"kind":"D","name":"d"},
             "metrics":[{"type":"Resource","resource":{"name":"memory","target":{"type":"AverageValue","averageValue":"1Gi"}}},
                        {"type":"Object","object":{"describedObject":{"kind":"Service","name":"s"},"metric":{"name":"hits"},"target":{"type":"Value","value":"5"}}},
                        {"type":"External","external":{"metric":{"name":"queue","selector":{"matchLabels":{"q":"a"}}},"target":{"type":"AverageValue","averageValue":"7"}}},
                        {"type":"Pods","pods":{"metric":{"name":"rps"},"target":{"type":"AverageValue","averageValue":"9"}}},
                        {"type":"ContainerResource","containerResource":{"name":"memory","container":"c","target":{"type":"Utilization","averageUtilization":50}}},
                        {"type":"Resource","resource":{"name":"cpu","target":{"type":"Utilization","averageUtilization":70}}}],
             "behavior":{"scaleDown":{"selectPolicy":"Min"}}},
             "status":{"desiredReplicas":2,
             "currentMetrics":[{"type":"Resource","resource":{"name":"cpu","current":{"averageValue":"10m","averageUtilization":3}}}],
             "conditions":[{"type":"AbleToScale","status":"True"}]}}
            """,
            dev.tiphys.api.autoscaling.v2.HorizontalPodAutoscaler.TYPE);

    HorizontalPodAutoscaler v1 = AutoscalerConversion.toV1(v2);

    assertThat(Objects.requireNonNull(v1.spec()).targetCPUUtilizationPercentage()).isEqualTo(70);
    assertThat(v1.metadata().annotations())
        .containsEntry(
            "autoscaling.alpha.kubernetes.io/metrics",
            """
            [{"type":"Resource","resource":{"name":"memory","targetAverageValue":"1Gi"}},\
            {"type":"Object","object":{"target":{"kind":"Service","name":"s"},"metricName":"hits","targetValue":"5"}},\
            {"type":"External","external":{"metricName":"queue","metricSelector":{"matchLabels":{"q":"a"}},"targetAverageValue":"7"}},\
            {"type":"Pods","pods":{"metricName":"rps","targetAverageValue":"9"}},\
            {"type":"ContainerResource","containerResource":{"name":"memory","targetAverageUtilization":50,"container":"c"}}]\
            """)
        .containsEntry(
            "autoscaling.alpha.kubernetes.io/current-metrics",
            """
            [{"type":"Resource","resource":{"name":"cpu","currentAverageUtilization":3,"currentAverageValue":"10m"}}]\
            """)
        .containsEntry(
            "autoscaling.alpha.kubernetes.io/behavior",
            "{\"ScaleDown\":{\"SelectPolicy\":\"Min\"}}")
        .containsKey("autoscaling.alpha.kubernetes.io/conditions");
    assertThat(AutoscalerConversion.toV2(v1)).isEqualTo(v2);
  }

  @Test
  void wrappersAroundSomeFieldsComeAndGo() {
    ResourceClaim claim =
        JsonCodec.decode(
            """
            {"metadata":{"name":"c"},"spec":{"devices":{"requests":[
              {"name":"r","exactly":{"deviceClassName":"gpu","count":2}}]}}}
            """,
            ResourceClaim.TYPE);
    var beta = StructConversion.convert(claim, dev.tiphys.api.resource.v1beta1.ResourceClaim.TYPE);

    assertThat(JsonCodec.encodeToString(beta))
        .contains("{\"name\":\"r\",\"deviceClassName\":\"gpu\",\"count\":2}");
    assertThat(StructConversion.convert(beta, ResourceClaim.TYPE)).isEqualTo(claim);

    ResourceSlice slice =
        JsonCodec.decode(
            """
            {"metadata":{"name":"s"},"spec":{"driver":"d","devices":[
              {"name":"g","attributes":{"model":{"string":"a"}}}]}}
            """,
            ResourceSlice.TYPE);
    var old = StructConversion.convert(slice, dev.tiphys.api.resource.v1beta1.ResourceSlice.TYPE);

    assertThat(JsonCodec.encodeToString(old)).contains("\"basic\":{\"attributes\"");
    assertThat(StructConversion.convert(old, ResourceSlice.TYPE)).isEqualTo(slice);
  }
}
