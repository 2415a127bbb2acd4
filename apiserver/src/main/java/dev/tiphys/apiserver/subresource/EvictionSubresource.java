package dev.tiphys.apiserver.subresource;

import dev.tiphys.api.Resources;
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
import java.io.IOException;
import java.util.List;

/**
 * {@code pods/eviction}: a deletion that disruption budgets may refuse. There are no budgets yet,
 * so none does.
 */
public final class EvictionSubresource implements Subresource {

  private final Endpoints endpoints;

  /** Evicts Pods. */
  public EvictionSubresource(Endpoints endpoints) {
    this.endpoints = endpoints;
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
    endpoints
        .of(Resources.PODS)
        .deletes()
        .delete(
            call.user(),
            new ObjectKey(call.info().namespace(), call.info().name()),
            context.dryRun() ? options.withDryRun(List.of("All")) : options);
    Answers.struct(call, 201, Status.builder().status("Success").code(201).build());
  }
}
