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
import dev.tiphys.kubelet.runtime.PodIdentity;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes pods' statuses to the API in the background, the newest of each only, until it worked.
 * Conditions of others in the status survive. Thread-safe.
 */
final class StatusWriter implements Reconciler<PodIdentity>, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(StatusWriter.class);
  private static final int WRITERS = 4;

  private final ResourceClient<Pod> pods;
  private final Controller<PodIdentity> controller;
  private final Map<PodIdentity, PodStatus> wanted = new ConcurrentHashMap<>();

  StatusWriter(ResourceClient<Pod> pods, Environment environment) {
    this.pods = pods;
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
    if (status != null) {
      put(key, status);
    }
    return Result.DONE;
  }

  private void put(PodIdentity key, PodStatus status) {
    ResourceClient<Pod> namespace = pods.inNamespace(key.namespace());
    Optional<Pod> found = namespace.find(key.name());
    if (found.isEmpty() || !key.uid().equals(found.get().metadata().uid())) {
      wanted.remove(key);
      return;
    }
    Pod current = found.get();
    PodStatus before = current.status() == null ? PodStatus.EMPTY : current.status();
    PodStatus merged = Conditions.keepingOthers(status, before);
    if (!Objects.equals(merged, before)) {
      namespace.updateStatus(current.withStatus(merged));
      log.debug("event=status-written pod={} phase={}", key.namespacedName(), merged.phase());
    }
  }

  /**
   * Writes the last status of a pod that ended and lets the API forget it. Blocks; what fails is
   * tried again at the next look.
   */
  void deleteAfterLastStatus(Pod pod) {
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
    }
  }

  @Override
  public void close() {
    controller.close();
  }
}
