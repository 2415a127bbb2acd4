package dev.tiphys.apiserver.strategy;

import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.validation.FieldError;
import dev.tiphys.api.validation.FieldErrors;
import java.util.Objects;
import java.util.Set;

/**
 * Lets addresses be that were stored before their form was looked at: an update that does not bring
 * them is not refused for them. Pure.
 */
public final class AddressRatchet {

  private static final Set<String> FORMS =
      Set.of(
          IpText.LEADING_ZEROS,
          IpText.MAPPED,
          IpText.LEADING_ZEROS_OF_RANGE,
          IpText.MAPPED_RANGE,
          IpText.BITS_BEYOND);

  private AddressRatchet() {}

  /**
   * Takes back what was said of addresses that the old object has as well.
   *
   * @param check by which the errors were found
   */
  public static <T extends ApiObject> void forgive(
      FieldErrors errors, T old, PartRules.Check<T> check) {
    if (errors.list().stream().noneMatch(AddressRatchet::isOfForm)) {
      return;
    }
    FieldErrors before = new FieldErrors();
    check.apply(old, old, before);
    errors.removeIf(error ->
        isOfForm(error)
            && before.list().stream()
                .anyMatch(
                    had -> isOfForm(had) && Objects.equals(had.badValue(), error.badValue())));
  }

  private static boolean isOfForm(FieldError error) {
    return FORMS.contains(error.detail());
  }
}
