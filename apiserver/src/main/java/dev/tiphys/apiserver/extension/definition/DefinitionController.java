package dev.tiphys.apiserver.extension.definition;

import dev.tiphys.api.Resources;
import dev.tiphys.api.apiextensions.v1.CustomResourceDefinition;
import dev.tiphys.apiserver.request.ApiException;
import dev.tiphys.apiserver.resource.Endpoint;
import dev.tiphys.apiserver.resource.Endpoints;
import dev.tiphys.apiserver.resource.Mirror;
import dev.tiphys.apiserver.resource.Part;
import dev.tiphys.apiserver.resource.WriteContext;
import dev.tiphys.apiserver.storage.ObjectKey;
import dev.tiphys.apiserver.storage.StorageException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life of definitions, on a thread of its own: accepts their names, has what they say served,
 * and when one is deleted removes its objects first. Does everything again from what there is, so
 * that several servers may do it at once. Thread-safe.
 */
public final class DefinitionController implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(DefinitionController.class);
  private static final WriteContext SERVER = WriteContext.ofServer("kube-apiserver");
  private static final long IDLE_MILLIS = 10_000;
  private static final long BUSY_MILLIS = 250;

  /** What serves the objects of definitions. */
  public interface Objects {
    /** Serves what these definitions say, and nothing else. */
    void serve(Collection<CustomResourceDefinition> definitions);

    /** Deletes the objects of a definition; whether none is left. */
    boolean remove(String definition);
  }

  private final Endpoint<CustomResourceDefinition> definitions;
  private final Objects objects;
  private final InstantSource clock;
  private final Semaphore wake = new Semaphore(0);
  private final CountDownLatch served = new CountDownLatch(1);
  private final Mirror<CustomResourceDefinition> mirror;
  private final Thread thread;
  private volatile boolean closed;

  /** Begins to follow definitions. */
  public DefinitionController(Endpoints endpoints, Objects objects, InstantSource clock) {
    this.definitions = endpoints.of(Resources.CUSTOM_RESOURCE_DEFINITIONS);
    this.objects = objects;
    this.clock = clock;
    this.mirror =
        Mirror.start(
            Resources.CUSTOM_RESOURCE_DEFINITIONS, definitions.store(), () -> wake.release());
    this.thread = Thread.ofVirtual().name("definitions").start(this::run);
  }

  /** Whether what there is has been served once. */
  public boolean synced() {
    return served.getCount() == 0;
  }

  private void run() {
    boolean busy = false;
    try {
      while (!closed) {
        boolean woken = wake.tryAcquire(busy ? BUSY_MILLIS : IDLE_MILLIS, TimeUnit.MILLISECONDS);
        wake.drainPermits();
        if ((woken || mirror.filled()) && !closed) {
          busy = round();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Looks at all definitions; whether one needs another look soon. */
  private boolean round() {
    List<CustomResourceDefinition> all = mirror.all();
    boolean again = false;
    try {
      objects.serve(all);
      served.countDown();
    } catch (RuntimeException e) {
      log.error("event=definitions-not-served", e);
      again = true;
    }
    for (CustomResourceDefinition crd : all) {
      try {
        again |= crd.metadata().deletionTimestamp() == null ? accept(crd, all) : finish(crd);
      } catch (ApiException | StorageException e) {
        log.debug(
            "event=definition-retry name={} cause=\"{}\"", crd.metadata().name(), e.getMessage());
        again = true;
      }
    }
    return again;
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.SECONDS);
  }

  /** Gives a definition the names that are free; never needs another look, the change wakes us. */
  private boolean accept(CustomResourceDefinition crd, List<CustomResourceDefinition> all) {
    if (NameRules.apply(crd, all, now()) != crd) {
      write(
          crd,
          Part.status(definitions.resource().strategy()),
          live -> NameRules.apply(live, all, now()));
      log.info("event=definition-accepted name={}", crd.metadata().name());
    }
    return false;
  }

  /** Removes a definition's objects, then lets it go. */
  private boolean finish(CustomResourceDefinition crd) {
    if (!crd.metadata().finalizers().contains(DefinitionStrategy.FINALIZER)) {
      return false;
    }
    boolean established = Conditions.isTrue(crd, Conditions.ESTABLISHED);
    if (established && !objects.remove(String.valueOf(crd.metadata().name()))) {
      terminating(
          crd, true, "InstanceDeletionInProgress", "CustomResource deletion is in progress");
      return true;
    }
    write(crd, Part.special("", (object, _) -> object), DefinitionController::released);
    log.info("event=definition-removed name={}", crd.metadata().name());
    return false;
  }

  private void terminating(
      CustomResourceDefinition crd, boolean holds, String reason, String message) {
    UnaryOperator<CustomResourceDefinition> edit =
        live -> Conditions.with(live, Conditions.TERMINATING, holds, reason, message, now());
    if (edit.apply(crd) != crd) {
      write(crd, Part.status(definitions.resource().strategy()), edit);
    }
  }

  private static CustomResourceDefinition released(CustomResourceDefinition live) {
    List<String> finalizers = new ArrayList<>(live.metadata().finalizers());
    finalizers.remove(DefinitionStrategy.FINALIZER);
    return live.withMetadata(live.metadata().withFinalizers(finalizers));
  }

  private void write(
      CustomResourceDefinition crd,
      Part<CustomResourceDefinition> part,
      UnaryOperator<CustomResourceDefinition> edit) {
    String uid = crd.metadata().uid();
    try {
      definitions
          .writes()
          .modify(
              SERVER,
              new ObjectKey("", String.valueOf(crd.metadata().name())),
              part,
              live ->
                  java.util.Objects.equals(uid, live.metadata().uid()) ? edit.apply(live) : live);
    } catch (ApiException e) {
      if (e.reason() != ApiException.Reason.NOT_FOUND) {
        throw e;
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    mirror.close();
    thread.interrupt();
  }
}
