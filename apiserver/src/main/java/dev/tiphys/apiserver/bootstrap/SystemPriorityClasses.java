package dev.tiphys.apiserver.bootstrap;

import dev.tiphys.api.Resources;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.api.scheduling.v1.PriorityClass;
import dev.tiphys.apiserver.resource.Endpoints;
import dev.tiphys.apiserver.resource.WriteContext;
import dev.tiphys.apiserver.strategy.scheduling.ClassRules;

/** The two priority classes that every cluster has, for what it cannot do without. */
public final class SystemPriorityClasses implements Bootstrap.Step {

  private final Endpoints endpoints;

  /** Creates them through the verbs. */
  public SystemPriorityClasses(Endpoints endpoints) {
    this.endpoints = endpoints;
  }

  @Override
  public String name() {
    return "scheduling/bootstrap-system-priority-classes";
  }

  @Override
  public void run() {
    ClassRules.SYSTEM.forEach((name, value) ->
        Ensure.present(
            endpoints.of(Resources.PRIORITY_CLASSES),
            WriteContext.ofServer("kube-apiserver"),
            PriorityClass.builder()
                .metadata(ObjectMeta.builder().name(name).build())
                .value(value)
                .description(purpose(name))
                .build(),
            found -> found));
  }

  private static String purpose(String name) {
    return name.equals("system-node-critical")
        ? "Pods that their node cannot do without."
        : "Pods that the cluster cannot do without, on whichever node.";
  }
}
