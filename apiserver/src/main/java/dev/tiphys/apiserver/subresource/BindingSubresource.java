package dev.tiphys.apiserver.subresource;

import dev.tiphys.api.Resources;
import dev.tiphys.api.core.v1.Binding;
import dev.tiphys.api.core.v1.ObjectReference;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.core.v1.PodCondition;
import dev.tiphys.api.core.v1.PodSpec;
import dev.tiphys.api.core.v1.PodStatus;
import dev.tiphys.api.meta.v1.Status;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.answer.Answers;
import dev.tiphys.apiserver.request.ApiCall;
import dev.tiphys.apiserver.request.ApiException;
import dev.tiphys.apiserver.request.WriteOptions;
import dev.tiphys.apiserver.resource.Bodies;
import dev.tiphys.apiserver.resource.Endpoint;
import dev.tiphys.apiserver.resource.Endpoints;
import dev.tiphys.apiserver.resource.Part;
import dev.tiphys.apiserver.resource.ResourceVerbs;
import dev.tiphys.apiserver.resource.WriteContext;
import dev.tiphys.apiserver.storage.ObjectKey;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** {@code pods/binding}: the scheduler's decision. A Pod is bound once. */
public final class BindingSubresource implements Subresource {

  private final Endpoints endpoints;
  private final InstantSource clock;

  /** Binds Pods. */
  public BindingSubresource(Endpoints endpoints, InstantSource clock) {
    this.endpoints = endpoints;
    this.clock = clock;
  }

  @Override
  public void handle(ApiCall call, Endpoint<?> ignored) throws IOException {
    if (!call.info().verb().equals("create")) {
      throw ApiException.methodNotAllowed(call.info().verb(), "", "pods/binding");
    }
    WriteContext context = ResourceVerbs.contextOf(call, WriteOptions.Kind.CREATE);
    Binding binding =
        Bodies.read(
            call.body(),
            call.contentType(),
            Binding.TYPE,
            context.options().fieldValidation(),
            context.warnings());
    bind(context, new ObjectKey(call.info().namespace(), call.info().name()), binding);
    Answers.struct(call, 201, Status.builder().status("Success").code(201).build());
  }

  /** Binds the Pod that a Binding of a namespace names, as {@code POST bindings} asks. */
  public Binding bind(ApiCall call, Binding binding) {
    String name = binding.metadata().name();
    bind(
        ResourceVerbs.contextOf(call, WriteOptions.Kind.CREATE),
        new ObjectKey(call.info().namespace(), name == null ? "" : name),
        binding);
    return binding;
  }

  private void bind(WriteContext context, ObjectKey key, Binding binding) {
    ObjectReference target =
        binding.target() == null ? ObjectReference.builder().build() : binding.target();
    FieldErrors errors = new FieldErrors();
    String kind = target.kind();
    if (kind != null && !kind.isEmpty() && !kind.equals("Node")) {
      errors.notSupported(Path.of("target", "kind"), kind, List.of("Node", "<empty>"));
    }
    String node = target.name() == null ? "" : target.name();
    if (node.isEmpty()) {
      errors.required(Path.of("target", "name"), "");
    }
    if (!errors.isEmpty()) {
      throw ApiException.invalid("", "Binding", key.name(), errors.list());
    }
    endpoints
        .of(Resources.PODS)
        .writes()
        .modify(
            context,
            key,
            Part.special("binding", (pod, _) -> pod),
            pod -> bound(pod, binding, node));
  }

  private Pod bound(Pod pod, Binding binding, String node) {
    String name = String.valueOf(pod.metadata().name());
    String uid = binding.metadata().uid();
    if (uid != null && !uid.isEmpty() && !uid.equals(pod.metadata().uid())) {
      throw refused(
          name,
          "Precondition failed: UID in precondition: "
              + uid
              + ", UID in object meta: "
              + pod.metadata().uid());
    }
    if (pod.metadata().deletionTimestamp() != null) {
      throw refused(name, "pod " + name + " is being deleted, cannot be assigned to a host");
    }
    PodSpec spec = pod.spec() == null ? PodSpec.builder().build() : pod.spec();
    if (spec.nodeName() != null && !spec.nodeName().isEmpty()) {
      throw refused(
          name, "pod " + name + " is already assigned to node \"" + spec.nodeName() + "\"");
    }
    if (!spec.schedulingGates().isEmpty()) {
      throw refused(name, "pod " + name + " has non-empty .spec.schedulingGates");
    }
    TreeMap<String, String> annotations = new TreeMap<>(pod.metadata().annotations());
    annotations.putAll(binding.metadata().annotations());
    return pod.toBuilder()
        .metadata(pod.metadata().withAnnotations(annotations))
        .spec(spec.withNodeName(node))
        .status(scheduled(pod))
        .build();
  }

  private PodStatus scheduled(Pod pod) {
    PodStatus status = pod.status() == null ? PodStatus.builder().build() : pod.status();
    Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    List<PodCondition> conditions = new ArrayList<>(status.conditions());
    conditions.removeIf(condition -> "PodScheduled".equals(condition.type()));
    conditions.add(
        PodCondition.builder().type("PodScheduled").status("True").lastTransitionTime(now).build());
    return status.withConditions(conditions);
  }

  private static ApiException refused(String name, String why) {
    return ApiException.conflict("", "pods/binding", name, why);
  }
}
