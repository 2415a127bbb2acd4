package dev.tiphys.apiserver.request;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import org.junit.jupiter.api.Test;

/** The texts that clients match on. */
final class ApiExceptionTest {

  @Test
  void namesResourcesWithTheirGroup() {
    assertThat(ApiException.notFound("", "pods", "x")).hasMessage("pods \"x\" not found");
    assertThat(ApiException.alreadyExists("apps", "deployments", "x"))
        .hasMessage("deployments.apps \"x\" already exists");
    assertThat(ApiException.modified("apps", "deployments", "web"))
        .hasMessage(
            "Operation cannot be fulfilled on deployments.apps \"web\": the object has been"
                + " modified; please apply your changes to the latest version and try again");
    assertThat(ApiException.forbidden("", "pods", "", "no")).hasMessage("pods is forbidden: no");
    assertThat(ApiException.forbidden("", "", "", "no")).hasMessage("forbidden: no");
  }

  @Test
  void listsWhatIsInvalidWithItsCauses() {
    FieldErrors errors = new FieldErrors();
    errors.required(Path.of("spec", "x"), "");
    ApiException one = ApiException.invalid("apps", "Deployment", "web", errors.list());
    assertThat(one).hasMessage("Deployment.apps \"web\" is invalid: spec.x: Required value");
    assertThat(one.code()).isEqualTo(422);
    errors.invalid(Path.of("spec", "y"), 1, "bad");
    ApiException two = ApiException.invalid("apps", "Deployment", "web", errors.list());
    assertThat(two)
        .hasMessage(
            "Deployment.apps \"web\" is invalid: [spec.x: Required value, spec.y: Invalid value: 1:"
                + " bad]");
    assertThat(requireNonNull(two.details()).causes().get(1))
        .isEqualTo(new ApiException.Cause("FieldValueInvalid", "Invalid value: 1: bad", "spec.y"));
  }
}
