package dev.tiphys.apiserver.policy;

import dev.tiphys.api.Resources;
import dev.tiphys.api.admissionregistration.v1.MutatingAdmissionPolicy;
import dev.tiphys.api.admissionregistration.v1.MutatingAdmissionPolicyBinding;
import dev.tiphys.api.admissionregistration.v1.MutatingAdmissionPolicySpec;
import dev.tiphys.api.admissionregistration.v1.ValidatingAdmissionPolicy;
import dev.tiphys.api.admissionregistration.v1.ValidatingAdmissionPolicyBinding;
import dev.tiphys.api.admissionregistration.v1.ValidatingAdmissionPolicySpec;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.schema.ResourceType;
import dev.tiphys.apiserver.admission.Admission;
import dev.tiphys.apiserver.cel.AdmissionCel;
import dev.tiphys.apiserver.cel.PolicyTyping;
import dev.tiphys.apiserver.request.ApiException;
import dev.tiphys.apiserver.resource.CacheView;
import dev.tiphys.apiserver.resource.Endpoints;
import dev.tiphys.apiserver.resource.Mirror;
import dev.tiphys.apiserver.webhook.Equivalents;
import dev.tiphys.apiserver.webhook.Matching;
import dev.tiphys.daemon.Closers;
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
  private final Scope scope;
  private final Closers parts = new Closers();
  private final PolicyTyping typing;
  private volatile @Nullable Endpoints endpoints;
  private volatile @Nullable TypeChecks types;
  private volatile @Nullable Mirror<ValidatingAdmissionPolicy> policies;
  private volatile @Nullable Mirror<ValidatingAdmissionPolicyBinding> bindings;
  private volatile @Nullable Mirror<MutatingAdmissionPolicy> changes;
  private volatile @Nullable Mirror<MutatingAdmissionPolicyBinding> changeBindings;
  private volatile List<Bound<ValidatingAdmissionPolicySpec>> validating = List.of();
  private volatile List<Bound<MutatingAdmissionPolicySpec>> mutating = List.of();

  /** Policies that are judged so. */
  public Policies(CacheView view, AdmissionCel cel, PolicyTyping typing, Equivalents equivalents) {
    this.typing = typing;
    this.view = view;
    this.cel = cel;
    this.scope =
        new Scope(() -> Objects.requireNonNull(endpoints), new Matching(view), equivalents, cel);
  }

  /** Begins to follow policies; parameters are found among endpoints. */
  public void start(Endpoints endpoints) {
    this.endpoints = endpoints;
    if (endpoints.find("admissionregistration.k8s.io", "v1", "validatingadmissionpolicies")
        != null) {
      types = parts.add(new TypeChecks(endpoints, new TypeWarnings(endpoints, typing)));
    }
    policies = follow(Resources.VALIDATING_ADMISSION_POLICIES);
    bindings = follow(Resources.VALIDATING_ADMISSION_POLICY_BINDINGS);
    changes = follow(Resources.MUTATING_ADMISSION_POLICIES);
    changeBindings = follow(Resources.MUTATING_ADMISSION_POLICY_BINDINGS);
    changed();
  }

  private <T extends ApiObject> Mirror<T> follow(ResourceType<T> type) {
    return parts.add(Mirror.start(type, view.store(type), this::changed));
  }

  private synchronized void changed() {
    var judging = policies;
    var judgingWhere = bindings;
    if (judging != null && judgingWhere != null) {
      List<ValidatingAdmissionPolicy> all = judging.all();
      validating = Bound.validating(all, judgingWhere.all());
      TypeChecks told = types;
      if (told != null) {
        told.look(all);
      }
    }
    var changing = changes;
    var changingWhere = changeBindings;
    if (changing != null && changingWhere != null) {
      mutating = Bound.mutating(changing.all(), changingWhere.all());
    }
  }

  /** The stage of admission that judges. */
  public Admission validating() {
    return new PolicyAdmission(
        () -> {
          awaitFilled(policies);
          awaitFilled(bindings);
          return validating;
        },
        scope,
        cel);
  }

  /**
   * The stages of admission that change.
   *
   * @param between what changes objects after policies have; those that ask for it are then asked
   *     once more
   */
  public List<Admission> mutating(Admission between) {
    MutatingPolicies stage =
        new MutatingPolicies(
            () -> {
              awaitFilled(changes);
              awaitFilled(changeBindings);
              return mutating;
            },
            scope,
            cel);
    return List.of(stage, stage.again(between));
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
    parts.close();
  }
}
