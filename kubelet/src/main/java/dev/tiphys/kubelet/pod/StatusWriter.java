package dev.tiphys.kubelet.pod;

import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodStatus;
import dev.tiphys.api.meta.v1.DeleteOptions;
import dev.tiphys.api.meta.v1.Preconditions;
import dev.tiphys.client.ApiException;
import dev.tiphys.client.ResourceClient;
import dev.tiphys.client.controller.Controller;
import dev.tiphys.client.controller.Reconciler;
import dev.tiphys.client.environment.Environment;
import dev.tiphys.client.informer.Lister;
import dev.tiphys.kubelet.runtime.PodIdentity;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes pods' statuses to the API in the background, the newest of each only, until it worked.
 * Conditions of others in the status survive: a write is refused by the server if it is based on an
 * old pod. Thread-safe.
 */
final class StatusWriter implements Reconciler<PodIdentity>, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(StatusWriter.class);
  private static final int WRITERS = 4;

  private final ResourceClient<Pod> pods;
  private final Lister<Pod> known;
  private final Controller<PodIdentity> controller;
  private final Map<PodIdentity, PodStatus> wanted = new ConcurrentHashMap<>();

  StatusWriter(ResourceClient<Pod> pods, Lister<Pod> known, Environment environment) {
    this.pods = pods;
    this.known = known;
    this.controller = new Controller<>("pod-status", WRITERS, this, environment);
  }

  /** Begins to write. */
  void start() {
    controller.start();
  }

  /** Notes what a pod's status should be; returns at once. */
  void write(Pod pod, PodStatus status) {
    PodIdentity key = PodIdentity.of(pod);
    boolean current = status.equals(pod.status());
    if (!status.equals(wanted.put(key, status)) || !current) {
      controller.queue().add(key);
    }
  }

  /** Forgets a pod that is gone. */
  void forget(PodIdentity key) {
    wanted.remove(key);
  }

  @Override
  public Result reconcile(PodIdentity key) {
    PodStatus status = wanted.get(key);
    try {
      if (status != null) {
        put(key, status);
      }
    } catch (ApiException.NotFound gone) {
      wanted.remove(key);
    }
    return Result.DONE;
  }

  /** Tries with the pod as it is known here; only if that is an old one, reads it first. */
  private void put(PodIdentity key, PodStatus status) {
    try {
      if (!put(key, status, known.get(key.namespace(), key.name()))) {
        wanted.remove(key);
      }
    } catch (ApiException.Conflict old) {
      Optional<Pod> current = pods.inNamespace(key.namespace()).find(key.name());
      if (!put(key, status, current.orElse(null))) {
        wanted.remove(key);
      }
    }
  }

  /** Returns whether this is still the pod whose status it is. */
  private boolean put(PodIdentity key, PodStatus status, @Nullable Pod current) {
    if (current == null || !key.uid().equals(current.metadata().uid())) {
      return false;
    }
    PodStatus before = current.status() == null ? PodStatus.EMPTY : current.status();
    PodStatus merged = Conditions.keepingOthers(status, before);
    if (!merged.equals(before)) {
      pods.inNamespace(key.namespace()).updateStatus(current.withStatus(merged));
      log.debug("event=status-written pod={} phase={}", key.namespacedName(), merged.phase());
    }
    return true;
  }

  /**
   * Writes the last status of a pod that ended and lets the API forget it. Blocks. Returns whether
   * it worked or is worth another look at once.
   */
  boolean deleteAfterLastStatus(Pod pod) {
    PodIdentity key = PodIdentity.of(pod);
    try {
      PodStatus status = wanted.get(key);
      if (status != null) {
        put(key, status);
      }
      pods.inNamespace(key.namespace())
          .delete(
              key.name(),
              DeleteOptions.builder()
                  .gracePeriodSeconds(0L)
                  .preconditions(Preconditions.builder().uid(key.uid()).build())
                  .build());
    } catch (ApiException.NotFound gone) {
      log.debug("event=pod-already-gone pod={}", key.namespacedName());
    } catch (ApiException.Conflict raced) {
      // The background writer or a user was faster; the pod is looked at again at once.
      log.debug("event=pod-delete-raced pod={}", key.namespacedName());
    } catch (ApiException failure) {
      log.warn("event=pod-not-deleted pod={} error={}", key.namespacedName(), failure.getMessage());
      return false;
    }
    return true;
  }

  @Override
  public void close() {
    controller.close();
  }
}
