package dev.tiphys.apiserver.bootstrap;

import dev.tiphys.api.Resources;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.apiserver.resource.Endpoints;
import dev.tiphys.apiserver.resource.WriteContext;
import dev.tiphys.apiserver.strategy.control.StandardFlows;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;

/**
 * The flow schemas and priority levels that every cluster has. Those that it cannot do without come
 * back as they were; the others are kept as long as their annotation {@code
 * apf.kubernetes.io/autoupdate-spec} says {@code true}, and made once where they are missing.
 */
public final class DefaultFlows implements Bootstrap.Step {

  private final Endpoints endpoints;
  private final Executor executor;

  /**
   * Creates them through the verbs.
   *
   * @param executor writes them side by side
   */
  public DefaultFlows(Endpoints endpoints, Executor executor) {
    this.endpoints = endpoints;
    this.executor = executor;
  }

  @Override
  public String name() {
    return "priority-and-fairness-config-producer";
  }

  @Override
  public void run() {
    WriteContext server = WriteContext.ofServer("api-priority-and-fairness-config-producer-v1");
    List<Runnable> writes = new ArrayList<>();
    StandardFlows.levels()
        .forEach(level ->
            writes.add(() ->
                Ensure.present(
                    endpoints.of(Resources.PRIORITY_LEVEL_CONFIGURATIONS),
                    server,
                    level,
                    found -> mayUpdate(found.metadata()) ? found.withSpec(level.spec()) : found)));
    StandardFlows.schemas()
        .forEach(schema ->
            writes.add(() ->
                Ensure.present(
                    endpoints.of(Resources.FLOW_SCHEMAS),
                    server,
                    schema,
                    found -> mayUpdate(found.metadata()) ? found.withSpec(schema.spec()) : found)));
    Ensure.all(executor, writes);
  }

  private static boolean mayUpdate(ObjectMeta metadata) {
    return "true".equals(metadata.annotations().get(StandardFlows.AUTO_UPDATE));
  }
}
