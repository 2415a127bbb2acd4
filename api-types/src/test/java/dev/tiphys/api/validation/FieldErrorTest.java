package dev.tiphys.api.validation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiphys.api.value.Quantity;
import java.util.List;
import org.junit.jupiter.api.Test;

class FieldErrorTest {

  private static final Path REPLICAS = Path.of("spec", "replicas");

  @Test
  void pathsReadLikeTheApisOwn() {
    assertThat(Path.of("spec").child("containers").index(0).child("env").index(1).child("name"))
        .hasToString("spec.containers[0].env[1].name");
    assertThat(Path.of("metadata", "labels").key("app")).hasToString("metadata.labels[app]");
    assertThat(Path.ROOT).hasToString("<nil>");
  }

  @Test
  void showsBadValues() {
    assertThat(FieldError.invalid(REPLICAS, -1, FieldError.NEGATIVE))
        .hasToString("spec.replicas: Invalid value: -1: must be greater than or equal to 0");
    assertThat(FieldError.invalid(Path.of("metadata", "name"), "A_b", "bad"))
        .hasToString("metadata.name: Invalid value: \"A_b\": bad");
    assertThat(FieldError.invalid(REPLICAS, Quantity.parse("1024Mi"), "x").body())
        .isEqualTo("Invalid value: 1Gi: x");
    assertThat(FieldError.invalid(REPLICAS, null, "x").body()).isEqualTo("Invalid value: null: x");
  }

  @Test
  void hidesValuesWhereTheTypeSaysEnough() {
    assertThat(FieldError.required(REPLICAS, "")).hasToString("spec.replicas: Required value");
    assertThat(FieldError.forbidden(REPLICAS, "no")).hasToString("spec.replicas: Forbidden: no");
    assertThat(FieldError.tooLong(REPLICAS, 63))
        .hasToString("spec.replicas: Too long: may not be more than 63 bytes");
    assertThat(FieldError.tooMany(REPLICAS, 3, 2))
        .hasToString("spec.replicas: Too many: 3: must have at most 2 items");
  }

  @Test
  void listsWhatIsSupported() {
    assertThat(FieldError.notSupported(REPLICAS, "x", List.of("A", "B")))
        .hasToString("spec.replicas: Unsupported value: \"x\": supported values: \"A\", \"B\"");
  }

  @Test
  void messageHasEachTextOnce() {
    FieldErrors errors = new FieldErrors();
    assertThat(errors.message()).isEmpty();
    errors.required(REPLICAS, "");
    assertThat(errors.message()).isEqualTo("spec.replicas: Required value");
    errors.required(REPLICAS, "");
    errors.duplicate(REPLICAS, "x");
    assertThat(errors.message())
        .isEqualTo("[spec.replicas: Required value, spec.replicas: Duplicate value: \"x\"]");
    assertThat(errors.list()).hasSize(3);
  }
}
