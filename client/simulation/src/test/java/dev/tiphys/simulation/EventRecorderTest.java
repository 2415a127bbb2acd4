package dev.tiphys.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.api.Resources;
import dev.tiphys.api.core.v1.Event;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.client.event.EventRecorder;
import dev.tiphys.client.event.EventRecorder.Type;
import java.time.Duration;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

@NullUnmarked
class EventRecorderTest {

  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final SimulatedEnvironment environment = new SimulatedEnvironment(3);
  private final SimulatedCluster cluster = new SimulatedCluster(environment);
  private final EventRecorder recorder =
      new EventRecorder(
          cluster.client().resource(Resources.EVENTS), "kubelet", "node-1", environment);
  private final Pod pod =
      Pod.builder()
          .metadata(ObjectMeta.builder().namespace("default").name("web").uid("u1").build())
          .build();

  @Test
  void anEventNamesItsObjectAndItsSource() {
    recorder.event(pod, Type.WARNING, "BackOff", "Back-off restarting failed container");
    environment.runFor(MINUTE);

    Event event = cluster.all(Resources.EVENTS).getFirst();
    assertThat(event.involvedObject().kind()).isEqualTo("Pod");
    assertThat(event.involvedObject().apiVersion()).isEqualTo("v1");
    assertThat(event.metadata().namespace()).isEqualTo("default");
    assertThat(event.source().component()).isEqualTo("kubelet");
    assertThat(event.type()).isEqualTo("Warning");
    assertThat(event.count()).isEqualTo(1);
  }

  @Test
  void theSameAgainRaisesTheCount() {
    for (int i = 0; i < 3; i++) {
      recorder.event(pod, Type.NORMAL, "Pulled", "Container image already present");
      environment.runFor(MINUTE);
    }

    assertThat(cluster.all(Resources.EVENTS)).singleElement().extracting(Event::count).isEqualTo(3);
  }

  @Test
  void manyThatDifferInTheirMessageAreCombined() {
    for (int i = 0; i < 15; i++) {
      recorder.event(pod, Type.WARNING, "Unhealthy", "probe failed: attempt " + i);
    }
    environment.runFor(MINUTE);

    assertThat(cluster.all(Resources.EVENTS)).hasSize(10);
    assertThat(cluster.all(Resources.EVENTS))
        .filteredOn(event -> String.valueOf(event.message()).startsWith("(combined from"))
        .singleElement()
        .extracting(Event::count)
        .isEqualTo(6);
  }

  @Test
  void aSourceThatWillNotStopIsThrottled() {
    for (int i = 0; i < 100; i++) {
      recorder.event(pod, Type.WARNING, "Reason" + i, "something");
    }
    environment.runFor(MINUTE);

    assertThat(cluster.all(Resources.EVENTS)).hasSize(25);
  }
}
