package dev.tiphys.apiserver.subresource;

import dev.tiphys.api.Resources;
import dev.tiphys.api.core.v1.Namespace;
import dev.tiphys.api.core.v1.NamespaceSpec;
import dev.tiphys.apiserver.request.ApiCall;
import dev.tiphys.apiserver.request.ApiException;
import dev.tiphys.apiserver.request.WriteOptions;
import dev.tiphys.apiserver.resource.Bodies;
import dev.tiphys.apiserver.resource.Endpoint;
import dev.tiphys.apiserver.resource.Endpoints;
import dev.tiphys.apiserver.resource.Part;
import dev.tiphys.apiserver.resource.ResourceVerbs;
import dev.tiphys.apiserver.resource.WriteContext;
import dev.tiphys.apiserver.resource.Written;
import dev.tiphys.apiserver.storage.ObjectKey;
import java.io.IOException;

/**
 * {@code namespaces/finalize}: the only way to change what keeps a namespace. One that is being
 * deleted and has lost its last finalizer is gone with this write.
 */
public final class FinalizeSubresource implements Subresource {

  private final Endpoints endpoints;

  /** Finalizes namespaces. */
  public FinalizeSubresource(Endpoints endpoints) {
    this.endpoints = endpoints;
  }

  @Override
  public void handle(ApiCall call, Endpoint<?> ignored) throws IOException {
    if (!call.info().verb().equals("update")) {
      throw ApiException.methodNotAllowed(call.info().verb(), "", "namespaces/finalize");
    }
    call.answer();
    Endpoint<Namespace> endpoint = endpoints.of(Resources.NAMESPACES);
    WriteContext context = ResourceVerbs.contextOf(call, WriteOptions.Kind.UPDATE);
    Namespace wanted =
        Bodies.read(
            call.body(),
            call.contentType(),
            Namespace.TYPE,
            context.options().fieldValidation(),
            context.warnings());
    Written<Namespace> written =
        endpoint
            .writes()
            .modify(
                context,
                ObjectKey.clusterScoped(call.info().name()),
                Part.special("finalize", FinalizeSubresource::finalizers),
                _ -> wanted);
    endpoint.answers().object(call, 200, written.object());
  }

  private static Namespace finalizers(Namespace wanted, Namespace old) {
    NamespaceSpec spec = wanted.spec() == null ? NamespaceSpec.builder().build() : wanted.spec();
    NamespaceSpec present = old.spec() == null ? NamespaceSpec.builder().build() : old.spec();
    return old.toBuilder()
        .metadata(wanted.metadata())
        .spec(present.withFinalizers(spec.finalizers()))
        .build();
  }
}
