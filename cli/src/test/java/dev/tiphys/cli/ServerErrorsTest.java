package dev.tiphys.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.api.meta.v1.Status;
import dev.tiphys.api.meta.v1.StatusCause;
import dev.tiphys.api.meta.v1.StatusDetails;
import dev.tiphys.client.ApiException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ServerErrorsTest {

  private static ApiException invalid(StatusCause... causes) {
    StatusDetails details =
        StatusDetails.builder().kind("Deployment").name("web").causes(List.of(causes)).build();
    return ApiException.of(
        ApiException.status(422, "Invalid", "Deployment \"web\" is invalid").withDetails(details));
  }

  private static StatusCause cause(String field, String message) {
    return StatusCause.builder().field(field).message(message).build();
  }

  @Test
  void reasonAndMessageAreTheServers() {
    ApiException notFound =
        ApiException.of(ApiException.status(404, "NotFound", "pods \"x\" not found"));
    assertThat(ServerErrors.text(notFound, ""))
        .isEqualTo("Error from server (NotFound): pods \"x\" not found");
    assertThat(ServerErrors.text(notFound, "error when deleting \"x.yaml\": "))
        .isEqualTo(
            "Error from server (NotFound): error when deleting \"x.yaml\": pods \"x\" not found");
  }

  @Test
  void whatIsInvalidIsToldCauseByCause() {
    assertThat(ServerErrors.text(invalid(cause("spec.a", "Required value")), ""))
        .isEqualTo("The Deployment \"web\" is invalid: spec.a: Required value");
    assertThat(ServerErrors.text(invalid(cause("a", "x"), cause("b", "y"), cause("a", "x")), ""))
        .isEqualTo("The Deployment \"web\" is invalid: \n* a: x\n* b: y");
  }

  @Test
  void whoIsNotKnownIsToldToLogIn() {
    Status status = ApiException.status(401, "Unauthorized", "Unauthorized");
    assertThat(ServerErrors.text(ApiException.of(status), ""))
        .isEqualTo("error: You must be logged in to the server (Unauthorized)");
  }
}
