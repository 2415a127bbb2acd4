package dev.tiphys.scheduler.filter;

import dev.tiphys.api.core.v1.Taint;
import dev.tiphys.api.core.v1.Toleration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Whether tolerations tolerate taints, by the rules of the API documentation of Toleration. */
public final class Tolerance {

  private Tolerance() {}

  /** Whether one of the tolerations tolerates the taint. */
  public static boolean tolerates(List<Toleration> tolerations, Taint taint) {
    for (Toleration toleration : tolerations) {
      if (tolerates(toleration, taint)) {
        return true;
      }
    }
    return false;
  }

  private static boolean tolerates(Toleration toleration, Taint taint) {
    String effect = orEmpty(toleration.effect());
    if (!effect.isEmpty() && !effect.equals(taint.effect())) {
      return false;
    }
    String key = orEmpty(toleration.key());
    if (!key.isEmpty() && !key.equals(taint.key())) {
      return false;
    }
    return switch (orEmpty(toleration.operator())) {
      case "Exists" -> true;
      case "", "Equal" ->
          !key.isEmpty() && Objects.equals(orEmpty(toleration.value()), orEmpty(taint.value()));
      default -> false;
    };
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }
}
