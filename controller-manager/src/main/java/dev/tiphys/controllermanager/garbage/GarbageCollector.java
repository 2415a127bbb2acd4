package dev.tiphys.controllermanager.garbage;

import dev.tiphys.api.schema.ResourceType;
import dev.tiphys.client.Client;
import dev.tiphys.client.ObjectHead;
import dev.tiphys.client.ObjectKey;
import dev.tiphys.client.controller.Controller;
import dev.tiphys.client.controller.Telemetry;
import dev.tiphys.client.environment.Environment;
import dev.tiphys.client.informer.EventHandler.Change;
import dev.tiphys.client.informer.EventHandler.Deleted;
import dev.tiphys.controllermanager.Limits;
import dev.tiphys.controllermanager.common.Absent;
import dev.tiphys.controllermanager.garbage.Monitors.News;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The garbage collector: monitors that tell what changed, and workers that look at it. */
public final class GarbageCollector implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(GarbageCollector.class);
  private static final Duration POLL = Duration.ofMillis(50);

  private final Environment environment;
  private final Monitors monitors;
  private final Controller<Item> controller;
  private final Consumer<ObjectKey> gone;

  /**
   * Makes a collector.
   *
   * @param workers how many objects are looked at at once
   * @param gone is told of every object that is no more, whatever it was
   */
  public GarbageCollector(
      Client client,
      int workers,
      Environment environment,
      Telemetry telemetry,
      Consumer<ObjectKey> gone) {
    this.environment = environment;
    this.gone = gone;
    this.monitors = new Monitors(client, environment, this::hear);
    this.controller =
        new Controller<>(
            "garbage_collector_attempt_to_delete",
            workers,
            new GarbageReconciler(client, monitors, this::enqueue),
            environment,
            telemetry);
  }

  private void enqueue(Item item) {
    controller.queue().add(item);
  }

  /** Starts to watch; collects once everything has been seen. */
  public void start() {
    environment.execute("garbage-start", this::run);
  }

  private void run() {
    monitors.start();
    Duration deadline = environment.uptime().plus(Limits.GARBAGE_SYNC);
    try {
      while (!monitors.hasSynced() && environment.uptime().compareTo(deadline) < 0) {
        environment.sleep(POLL);
      }
    } catch (InterruptedException cancelled) {
      log.debug("event=garbage-start-cancelled");
      return;
    }
    if (!monitors.hasSynced()) {
      log.warn("event=garbage-caches-incomplete resources={}", monitors.unsynced());
    }
    controller.start();
  }

  /** Notes whom a change may concern. */
  private void hear(News news) {
    Change<ObjectHead> change = news.change();
    ObjectHead now = change.object();
    ObjectHead before = change.before();
    if (change instanceof Deleted<ObjectHead>) {
      gone.accept(news.item().key());
      monitors.dependents(news.item().uid()).forEach(each -> enqueue(each.item()));
      owners(now);
      return;
    }
    if (!now.metadata().ownerReferences().isEmpty()
        || Ownership.inForeground(now)
        || Ownership.orphaning(now)) {
      enqueue(news.item());
    }
    // An owner that is deleted in the foreground may have waited for this object.
    if (before != null
        && !before.metadata().ownerReferences().equals(now.metadata().ownerReferences())) {
      owners(before);
    }
  }

  /** The resource that a quota counts by a name; none if it is not known, or not yet. */
  public List<ResourceType<ObjectHead>> countedBy(String name) {
    return monitors.countedBy(name);
  }

  private void owners(ObjectHead object) {
    object
        .metadata()
        .ownerReferences()
        .forEach(owner ->
            monitors
                .find(Absent.empty(owner.uid()))
                .filter(found -> Ownership.inForeground(found.head()))
                .ifPresent(found -> enqueue(found.item())));
  }

  @Override
  public void close() {
    controller.close();
    monitors.close();
  }
}
