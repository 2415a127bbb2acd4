package dev.tiphys.apiserver.webhook;

import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.schema.ResourceType;
import dev.tiphys.apiserver.admission.Admission.Request;
import dev.tiphys.apiserver.resource.Endpoints;
import dev.tiphys.apiserver.resource.Equivalence;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Requests as rules see them that name one version of a resource and mean all ({@code matchPolicy:
 * Equivalent}). Thread-safe.
 */
public final class Equivalents {

  /**
   * A request as it matched.
   *
   * @param request of the version that a rule names
   * @param asked the request as it came
   */
  public record View(Request request, Request asked, @Nullable Endpoints endpoints) {

    /** A request as it came. */
    public static View of(Request request) {
      return new View(request, request, null);
    }

    /** An object in the version that a rule names. */
    public @Nullable ApiObject there(@Nullable ApiObject object) {
      return endpoints == null
          ? object
          : Equivalence.seen(endpoints, object, asked.type(), request.type());
    }

    /** An object in the version of the request; one made by {@link #there} and then changed. */
    @SuppressWarnings("unchecked") // what went there as T comes back as T
    public <T extends ApiObject> T back(ApiObject object) {
      return (T)
          (endpoints == null
              ? object
              : Objects.requireNonNull(
                  Equivalence.seen(endpoints, object, request.type(), asked.type())));
    }
  }

  private volatile @Nullable Endpoints endpoints;

  /** Knows other versions from now on. */
  void start(Endpoints served) {
    this.endpoints = served;
  }

  /**
   * The request as something matches it; null if nothing does.
   *
   * @param policy {@code Exact} if other versions do not count
   */
  public @Nullable View match(Request request, @Nullable String policy, Predicate<Request> rules) {
    if (rules.test(request)) {
      return View.of(request);
    }
    Endpoints served = endpoints;
    if (served == null || "Exact".equals(policy)) {
      return null;
    }
    for (ResourceType<?> other : Equivalence.others(served, request.type())) {
      Request as = request.as(other);
      if (rules.test(as)) {
        return new View(as, request, served);
      }
    }
    return null;
  }
}
