package dev.tiphys.apiserver.fairness;

import dev.tiphys.api.Resources;
import dev.tiphys.api.flowcontrol.v1.FlowSchema;
import dev.tiphys.api.flowcontrol.v1.FlowSchemaCondition;
import dev.tiphys.api.flowcontrol.v1.FlowSchemaStatus;
import dev.tiphys.api.flowcontrol.v1.PriorityLevelConfiguration;
import dev.tiphys.apiserver.request.ApiException;
import dev.tiphys.apiserver.resource.Endpoint;
import dev.tiphys.apiserver.resource.Endpoints;
import dev.tiphys.apiserver.resource.Part;
import dev.tiphys.apiserver.resource.WriteContext;
import dev.tiphys.apiserver.storage.ObjectKey;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells in the status of each FlowSchema whether the priority level that it names exists: the
 * condition {@code Dangling}. Writes on a thread of its own. Thread-safe.
 */
public final class FlowStatus implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(FlowStatus.class);
  private static final String DANGLING = "Dangling";
  private static final String MANAGER = "api-priority-and-fairness-config-consumer-v1";

  private record Look(List<FlowSchema> schemas, Set<String> levels) {}

  private final Endpoints endpoints;
  private final InstantSource clock;
  private final BlockingQueue<Look> looks = new LinkedBlockingQueue<>();
  private volatile boolean closed;

  /**
   * Begins.
   *
   * @param executor runs one task until this is closed
   */
  public FlowStatus(Endpoints endpoints, InstantSource clock, Executor executor) {
    this.endpoints = endpoints;
    this.clock = clock;
    executor.execute(this::run);
  }

  /** Takes note of what there is now. */
  void look(List<FlowSchema> schemas, List<PriorityLevelConfiguration> levels) {
    Set<String> names = new HashSet<>();
    levels.forEach(level -> names.add(String.valueOf(level.metadata().name())));
    // Only the newest counts.
    looks.clear();
    looks.add(new Look(schemas, names));
  }

  private void run() {
    @Nullable Look pending = null;
    try {
      while (!closed) {
        Look newer = looks.poll(Limits.STATUS_PAUSE.toMillis(), TimeUnit.MILLISECONDS);
        pending = newer == null ? pending : newer;
        if (pending != null && write(pending)) {
          pending = null;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean write(Look look) {
    boolean all = true;
    for (FlowSchema schema : look.schemas()) {
      String level = FlowClassifier.levelOf(schema);
      boolean dangling = !look.levels().contains(level);
      if (!tells(schema, dangling)) {
        all &= write(schema, level, dangling);
      }
    }
    return all;
  }

  private boolean write(FlowSchema schema, String level, boolean dangling) {
    Endpoint<FlowSchema> endpoint = endpoints.of(Resources.FLOW_SCHEMAS);
    String name = String.valueOf(schema.metadata().name());
    try {
      endpoint
          .writes()
          .modify(
              WriteContext.ofServer(MANAGER),
              ObjectKey.clusterScoped(name),
              Part.status(endpoint.resource().strategy()),
              found -> tells(found, dangling) ? found : told(found, level, dangling));
      return true;
    } catch (ApiException e) {
      if (e.reason() == ApiException.Reason.NOT_FOUND) {
        return true;
      }
      log.warn("event=flow-status-not-written schema={} cause=\"{}\"", name, e.text());
      return false;
    }
  }

  private static boolean tells(FlowSchema schema, boolean dangling) {
    return schema.status() != null
        && schema.status().conditions().stream()
            .anyMatch(condition ->
                DANGLING.equals(condition.type())
                    && (dangling ? "True" : "False").equals(condition.status()));
  }

  private FlowSchema told(FlowSchema found, String level, boolean dangling) {
    List<FlowSchemaCondition> conditions = new ArrayList<>();
    if (found.status() != null) {
      found.status().conditions().stream()
          .filter(condition -> !DANGLING.equals(condition.type()))
          .forEach(conditions::add);
    }
    conditions.add(
        FlowSchemaCondition.builder()
            .type(DANGLING)
            .status(dangling ? "True" : "False")
            .reason(dangling ? "NotFound" : "Found")
            .message(
                "This FlowSchema references the PriorityLevelConfiguration object named \""
                    + level
                    + "\" "
                    + (dangling ? "but there is no such object" : "and it exists"))
            .lastTransitionTime(clock.instant().truncatedTo(ChronoUnit.SECONDS))
            .build());
    return found.withStatus(FlowSchemaStatus.builder().conditions(conditions).build());
  }

  @Override
  public void close() {
    closed = true;
  }
}
