package dev.tiphys.apiserver.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiphys.api.Resources;
import dev.tiphys.api.codec.JsonCodec;
import dev.tiphys.api.core.v1.Container;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.Service;
import dev.tiphys.api.schema.ResourceType;
import dev.tiphys.apiserver.admission.Admission.Operation;
import dev.tiphys.apiserver.admission.Admission.Request;
import dev.tiphys.apiserver.authn.User;
import dev.tiphys.apiserver.request.ApiException;
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
}
