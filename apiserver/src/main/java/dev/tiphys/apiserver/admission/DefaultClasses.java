package dev.tiphys.apiserver.admission;

import dev.tiphys.api.schema.ApiObject;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** Which class is meant by who names none: the newest of those annotated as the default. Pure. */
final class DefaultClasses {

  private static final Comparator<ApiObject> NEWEST =
      Comparator.comparing((ApiObject c) ->
              Objects.requireNonNullElse(c.metadata().creationTimestamp(), Instant.EPOCH))
          .reversed()
          .thenComparing(c -> String.valueOf(c.metadata().name()));

  private DefaultClasses() {}

  /**
   * The name of the class that is meant.
   *
   * @param annotations any of which makes a class the default if it says {@code true}
   */
  static Optional<String> find(List<? extends ApiObject> classes, Set<String> annotations) {
    return classes.stream()
        .filter(one ->
            annotations.stream()
                .anyMatch(name -> "true".equals(one.metadata().annotations().get(name))))
        .min(NEWEST)
        .map(one -> String.valueOf(one.metadata().name()));
  }
}
