package dev.tiphys.apiserver.policy;

import dev.tiphys.api.Resources;
import dev.tiphys.api.admissionregistration.v1.ValidatingAdmissionPolicy;
import dev.tiphys.api.admissionregistration.v1.ValidatingAdmissionPolicyBinding;
import dev.tiphys.apiserver.admission.Admission;
import dev.tiphys.apiserver.cel.AdmissionCel;
import dev.tiphys.apiserver.request.ApiException;
import dev.tiphys.apiserver.resource.CacheView;
import dev.tiphys.apiserver.resource.Endpoints;
import dev.tiphys.apiserver.resource.Mirror;
import dev.tiphys.apiserver.webhook.Matching;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The policies and their bindings, followed as they change from {@link #start} on; until they have
 * been read, requests wait. Thread-safe.
 */
public final class Policies implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final CacheView view;
  private final AdmissionCel cel;
  private volatile @Nullable Endpoints endpoints;
  private volatile @Nullable Mirror<ValidatingAdmissionPolicy> policies;
  private volatile @Nullable Mirror<ValidatingAdmissionPolicyBinding> bindings;
  private volatile List<Bound> bound = List.of();

  /** Policies that are judged so. */
  public Policies(CacheView view, AdmissionCel cel) {
    this.view = view;
    this.cel = cel;
  }

  /** Begins to follow policies; parameters are found among endpoints. */
  public void start(Endpoints endpoints) {
    this.endpoints = endpoints;
    policies =
        Mirror.start(
            Resources.VALIDATING_ADMISSION_POLICIES,
            view.store(Resources.VALIDATING_ADMISSION_POLICIES),
            this::changed);
    bindings =
        Mirror.start(
            Resources.VALIDATING_ADMISSION_POLICY_BINDINGS,
            view.store(Resources.VALIDATING_ADMISSION_POLICY_BINDINGS),
            this::changed);
    changed();
  }

  private synchronized void changed() {
    Mirror<ValidatingAdmissionPolicy> first = policies;
    Mirror<ValidatingAdmissionPolicyBinding> second = bindings;
    if (first != null && second != null) {
      bound = Bound.of(first.all(), second.all());
    }
  }

  /** The stage of admission. */
  public Admission admission() {
    return new PolicyAdmission(
        () -> {
          awaitFilled(policies);
          awaitFilled(bindings);
          return bound;
        },
        () -> Objects.requireNonNull(endpoints),
        new Matching(view),
        cel);
  }

  private static void awaitFilled(@Nullable Mirror<?> mirror) {
    try {
      if (mirror == null || !(mirror.filled() || mirror.awaitFilled(PATIENCE))) {
        throw ApiException.unavailable("admission policies have not been read yet");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw ApiException.unavailable("the server is stopping");
    }
  }

  @Override
  public void close() {
    Mirror<ValidatingAdmissionPolicy> first = policies;
    Mirror<ValidatingAdmissionPolicyBinding> second = bindings;
    if (first != null) {
      first.close();
    }
    if (second != null) {
      second.close();
    }
  }
}
