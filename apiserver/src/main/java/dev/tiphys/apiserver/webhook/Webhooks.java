package dev.tiphys.apiserver.webhook;

import dev.tiphys.api.Resources;
import dev.tiphys.api.admissionregistration.v1.MutatingWebhookConfiguration;
import dev.tiphys.api.admissionregistration.v1.ValidatingWebhookConfiguration;
import dev.tiphys.apiserver.admission.Admission;
import dev.tiphys.apiserver.cel.AdmissionCel;
import dev.tiphys.apiserver.outbound.JsonCalls;
import dev.tiphys.apiserver.outbound.ServiceAddresses;
import dev.tiphys.apiserver.request.ApiException;
import dev.tiphys.apiserver.resource.CacheView;
import dev.tiphys.apiserver.resource.Endpoints;
import dev.tiphys.apiserver.resource.Mirror;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The webhooks that configurations name, followed as they change. Admission is put together before
 * there is a store to follow, so {@link #start} comes later; until the configurations have been
 * read, requests wait. Thread-safe.
 */
public final class Webhooks implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final CacheView view;
  private final ServiceAddresses services;
  private final JsonCalls calls;
  private final Supplier<UUID> ids;
  private final AdmissionCel cel;
  private final Equivalents equivalents = new Equivalents();
  private volatile @Nullable Mirror<MutatingWebhookConfiguration> mutating;
  private volatile @Nullable Mirror<ValidatingWebhookConfiguration> validating;
  private volatile List<Hook> mutatingHooks = List.of();
  private volatile List<Hook> validatingHooks = List.of();

  /** Webhooks that are asked so. */
  public Webhooks(
      CacheView view,
      ServiceAddresses services,
      JsonCalls calls,
      AdmissionCel cel,
      Supplier<UUID> ids) {
    this.view = view;
    this.services = services;
    this.calls = calls;
    this.cel = cel;
    this.ids = ids;
  }

  /** Begins to follow the configurations; other versions are found among endpoints. */
  public void start(Endpoints endpoints) {
    equivalents.start(endpoints);
    mutating =
        Mirror.start(
            Resources.MUTATING_WEBHOOK_CONFIGURATIONS,
            view.store(Resources.MUTATING_WEBHOOK_CONFIGURATIONS),
            this::changed);
    validating =
        Mirror.start(
            Resources.VALIDATING_WEBHOOK_CONFIGURATIONS,
            view.store(Resources.VALIDATING_WEBHOOK_CONFIGURATIONS),
            this::changed);
    // What the mirrors told before both were known here.
    changed();
  }

  private void changed() {
    Mirror<MutatingWebhookConfiguration> first = mutating;
    Mirror<ValidatingWebhookConfiguration> second = validating;
    if (first != null) {
      mutatingHooks = Hook.mutating(first.all());
    }
    if (second != null) {
      validatingHooks = Hook.validating(second.all());
    }
  }

  /** Finds requests that came through other versions. */
  public Equivalents equivalents() {
    return equivalents;
  }

  /** Whether the configurations have been read. */
  public boolean filled() {
    Mirror<MutatingWebhookConfiguration> first = mutating;
    Mirror<ValidatingWebhookConfiguration> second = validating;
    return first != null && second != null && first.filled() && second.filled();
  }

  /** The stage of the mutating ones. */
  public Admission mutating() {
    return admission(() -> awaited(mutating, () -> mutatingHooks), List::of);
  }

  /** The stage of the validating ones. */
  public Admission validating() {
    return admission(List::of, () -> awaited(validating, () -> validatingHooks));
  }

  private Admission admission(Supplier<List<Hook>> changing, Supplier<List<Hook>> judging) {
    return new WebhookAdmission(
        changing,
        judging,
        new Matching(view),
        equivalents,
        new HookCalls(services, calls, ids),
        cel);
  }

  private static List<Hook> awaited(@Nullable Mirror<?> mirror, Supplier<List<Hook>> hooks) {
    awaitFilled(mirror);
    return hooks.get();
  }

  private static void awaitFilled(@Nullable Mirror<?> mirror) {
    try {
      if (mirror == null || !(mirror.filled() || mirror.awaitFilled(PATIENCE))) {
        throw ApiException.unavailable("webhook configurations have not been read yet");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw ApiException.unavailable("the server is stopping");
    }
  }

  @Override
  public void close() {
    Mirror<MutatingWebhookConfiguration> first = mutating;
    Mirror<ValidatingWebhookConfiguration> second = validating;
    if (first != null) {
      first.close();
    }
    if (second != null) {
      second.close();
    }
  }
}
