package dev.tiphys.apiserver.subresource;

import dev.tiphys.api.Resources;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.meta.v1.DeleteOptions;
import dev.tiphys.api.meta.v1.Status;
import dev.tiphys.api.policy.v1.Eviction;
import dev.tiphys.apiserver.answer.Answers;
import dev.tiphys.apiserver.request.ApiCall;
import dev.tiphys.apiserver.request.ApiException;
import dev.tiphys.apiserver.request.WriteOptions;
import dev.tiphys.apiserver.resource.Bodies;
import dev.tiphys.apiserver.resource.Endpoint;
import dev.tiphys.apiserver.resource.Endpoints;
import dev.tiphys.apiserver.resource.ResourceVerbs;
import dev.tiphys.apiserver.resource.WriteContext;
import dev.tiphys.apiserver.storage.ObjectKey;
import dev.tiphys.apiserver.strategy.ClusterView;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;

/** {@code pods/eviction}: a deletion that disruption budgets may refuse. */
public final class EvictionSubresource implements Subresource {

  private final Endpoints endpoints;
  private final Budgets budgets;

  /** Evicts Pods, within the budgets that a view shows. */
  public EvictionSubresource(Endpoints endpoints, ClusterView view, InstantSource clock) {
    this.endpoints = endpoints;
    this.budgets = new Budgets(endpoints, view, clock);
  }

  @Override
  public void handle(ApiCall call, Endpoint<?> ignored) throws IOException {
    if (!call.info().verb().equals("create")) {
      throw ApiException.methodNotAllowed(call.info().verb(), "", "pods/eviction");
    }
    WriteContext context = ResourceVerbs.contextOf(call, WriteOptions.Kind.CREATE);
    Eviction eviction =
        Bodies.read(
            call.body(),
            call.contentType(),
            Eviction.TYPE,
            context.options().fieldValidation(),
            context.warnings());
    String name = eviction.metadata().name();
    if (name != null && !name.isEmpty() && !name.equals(call.info().name())) {
      throw ApiException.badRequest("name in URL does not match name in Eviction object");
    }
    DeleteOptions options =
        eviction.deleteOptions() == null
            ? DeleteOptions.builder().build()
            : eviction.deleteOptions();
    ObjectKey key = new ObjectKey(call.info().namespace(), call.info().name());
    Pod pod = endpoints.of(Resources.PODS).reads().get(key, "").object();
    WriteContext server = WriteContext.ofServer("kube-apiserver");
    budgets.spend(
        pod,
        new WriteContext(
            server.user(),
            new WriteOptions(
                context.dryRun() || !options.dryRun().isEmpty(),
                "kube-apiserver",
                context.options().fieldValidation(),
                true),
            server.warnings(),
            server.annotations()));
    endpoints
        .of(Resources.PODS)
        .deletes()
        .delete(call.user(), key, context.dryRun() ? options.withDryRun(List.of("All")) : options);
    Answers.struct(call, 201, Status.builder().status("Success").code(201).build());
  }
}
