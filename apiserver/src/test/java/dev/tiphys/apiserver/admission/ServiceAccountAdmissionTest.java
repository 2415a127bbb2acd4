package dev.tiphys.apiserver.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.api.Resources;
import dev.tiphys.api.codec.JsonCodec;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.ServiceAccount;
import dev.tiphys.apiserver.authn.User;
import dev.tiphys.apiserver.strategy.FewObjects;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ServiceAccountAdmissionTest {
  private final List<Long> pauses = new ArrayList<>();

  /** The account is there once somebody has waited so often for it. */
  private Pod created(int after, String spec) {
    var view =
        new FewObjects(
            (namespace, name) -> pauses.size() < after ? null : ServiceAccount.builder().build());
    var request =
        new Admission.Request(
            Admission.Operation.CREATE, Resources.PODS, "", "new", "p", User.ANONYMOUS, false);
    return new ServiceAccountAdmission(view, new Random(1), pauses::add)
        .mutate(request, JsonCodec.decode("{\"spec\":{" + spec + "}}", Pod.TYPE), null);
  }

  @Test
  void theDefaultAccountOfANewNamespaceIsWaitedFor() {
    assertThat(created(3, "").spec()).extracting(PodSpec::serviceAccountName).isEqualTo("default");
    assertThat(pauses).hasSize(3).allMatch(millis -> millis >= 100 && millis < 200);
  }

  @Test
  void itIsNotWaitedForForever() {
    assertThatThrownBy(() -> created(10, ""))
        .hasMessageContaining(
            "error looking up service account new/default: serviceaccount \"default\" not found");
    assertThat(pauses).hasSize(9);
  }

  @Test
  void othersAreNotWaitedFor() {
    assertThatThrownBy(() -> created(1, "\"serviceAccountName\":\"mine\""))
        .hasMessageContaining("serviceaccount \"mine\" not found");
    assertThat(pauses).isEmpty();
  }
}
