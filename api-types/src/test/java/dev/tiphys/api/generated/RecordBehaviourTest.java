package dev.tiphys.api.generated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.api.core.v1.Container;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.Secret;
import dev.tiphys.api.meta.v1.ListMeta;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.api.schema.Field;
import dev.tiphys.api.value.IntOrString;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class RecordBehaviourTest {

  @Test
  void listsAreCopiedAndCannotBeChanged() {
    List<Container> given = new ArrayList<>(List.of(Container.builder().name("a").build()));
    PodSpec spec = PodSpec.builder().containers(given).build();
    given.clear();

    assertThat(spec.containers()).extracting(Container::name).containsExactly("a");
    assertThatThrownBy(() -> spec.containers().clear())
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void mapsKeepTheirOrderAndCannotBeChanged() {
    Map<String, String> given = new LinkedHashMap<>();
    given.put("z", "1");
    given.put("a", "2");
    ObjectMeta meta = ObjectMeta.builder().labels(given).build();
    given.clear();

    assertThat(meta.labels()).containsExactly(Map.entry("z", "1"), Map.entry("a", "2"));
    assertThat(meta.labels()).isEqualTo(Map.of("a", "2", "z", "1"));
    assertThatThrownBy(() -> meta.labels().put("b", "3"))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void copiesShareWhatDidNotChange() {
    ObjectMeta meta = ObjectMeta.builder().labels(Map.of("app", "web")).build();

    assertThat(meta.withName("other").labels()).isSameAs(meta.labels());
  }

  @Test
  void objectsHaveMetadataEvenIfNobodySetIt() {
    Pod pod = Pod.builder().build();

    assertThat(pod.metadata()).isSameAs(ObjectMeta.EMPTY);
    assertThat(pod.withMetadata(ObjectMeta.EMPTY.withName("p")).metadata().name()).isEqualTo("p");
  }

  @Test
  void keywordsGetAnUnderscore() {
    assertThat(ListMeta.EMPTY.withContinue("token").continue_()).isEqualTo("token");
  }

  @Test
  void fieldsOfInlinedMessagesStandInTheOuterRecord() {
    Field emptyDir = field(dev.tiphys.api.core.v1.Volume.TYPE.field("emptyDir"));

    assertThat(emptyDir.number()).isEqualTo(2);
    assertThat(emptyDir.inlinePath()).containsExactly(2);
  }

  @Test
  void inliningMayGoDeeper() {
    Field groups =
        field(
            dev.tiphys.api.admissionregistration.v1.NamedRuleWithOperations.TYPE.field(
                "apiGroups"));

    assertThat(groups.number()).isEqualTo(1);
    assertThat(groups.inlinePath()).containsExactly(2, 2);
  }

  @Test
  void atomicStructsSaySo() {
    assertThat(dev.tiphys.api.core.v1.LocalObjectReference.TYPE.atomic()).isTrue();
    assertThat(PodSpec.TYPE.atomic()).isFalse();
  }

  @Test
  void defaultsHaveTheFieldsType() {
    assertThat(defaultOf(PodSpec.TYPE.field("restartPolicy"))).isEqualTo("Always");
    assertThat(defaultOf(PodSpec.TYPE.field("terminationGracePeriodSeconds"))).isEqualTo(30L);
    assertThat(defaultOf(dev.tiphys.api.apps.v1.DeploymentSpec.TYPE.field("replicas")))
        .isEqualTo(1);
    assertThat(defaultOf(dev.tiphys.api.apps.v1.RollingUpdateDeployment.TYPE.field("maxSurge")))
        .isEqualTo(IntOrString.of("25%"));
    assertThat(defaultOf(PodSpec.TYPE.field("securityContext")))
        .isEqualTo(dev.tiphys.api.core.v1.PodSecurityContext.EMPTY);
  }

  @Test
  void secretsDoNotPrintWhatTheyHold() {
    Secret secret =
        Secret.builder()
            .metadata(ObjectMeta.builder().namespace("ns").name("s").build())
            .stringData(Map.of("password", "hunter2"))
            .build();

    assertThat(secret).hasToString("Secret[ns/s]");
  }

  private static Object defaultOf(@org.jspecify.annotations.Nullable Field field) {
    return Objects.requireNonNull(field(field).defaultValue());
  }

  private static Field field(@org.jspecify.annotations.Nullable Field field) {
    return Objects.requireNonNull(field);
  }
}
