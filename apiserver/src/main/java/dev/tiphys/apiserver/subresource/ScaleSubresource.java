package dev.tiphys.apiserver.subresource;

import dev.tiphys.api.autoscaling.v1.Scale;
import dev.tiphys.api.autoscaling.v1.ScaleSpec;
import dev.tiphys.api.autoscaling.v1.ScaleStatus;
import dev.tiphys.api.meta.v1.LabelSelector;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.schema.ResourceType;
import dev.tiphys.api.selector.LabelSelectors;
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
import dev.tiphys.apiserver.resource.PatchBodies;
import dev.tiphys.apiserver.resource.ResourceVerbs;
import dev.tiphys.apiserver.resource.WriteContext;
import dev.tiphys.apiserver.storage.ObjectKey;
import java.io.IOException;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * {@code scale}: the replicas of any workload through one kind, {@code autoscaling/v1 Scale}.
 *
 * @param <T> the workload's kind
 */
public final class ScaleSubresource<T extends ApiObject> implements Subresource {

  /**
   * How a workload scales.
   *
   * @param <T> the workload's kind
   */
  public interface Scalable<T> {
    /** Replicas asked for. */
    int desired(T object);

    /** Replicas there are. */
    int present(T object);

    /** Which pods are meant. */
    @Nullable LabelSelector selector(T object);

    /** The same as a selector's text. */
    default @Nullable String selectorText(T object) {
      LabelSelector selector = selector(object);
      return selector == null ? null : LabelSelectors.of(selector).toString();
    }

    /** The same asking for another number. */
    T withDesired(T object, int replicas);
  }

  private final ResourceType<T> type;
  private final Endpoints endpoints;
  private final Scalable<T> scalable;

  /** Scales a workload. */
  public ScaleSubresource(ResourceType<T> type, Endpoints endpoints, Scalable<T> scalable) {
    this.type = type;
    this.endpoints = endpoints;
    this.scalable = scalable;
  }

  @Override
  public void handle(ApiCall call, Endpoint<?> ignored) throws IOException {
    answer(call, endpoints.of(type));
  }

  /** Answers for a workload whose endpoint is at hand. */
  public void answer(ApiCall call, Endpoint<T> endpoint) throws IOException {
    ObjectKey key = ResourceVerbs.keyOf(call, endpoint);
    call.answer();
    switch (call.info().verb()) {
      case "get" -> Answers.struct(call, 200, scaleOf(endpoint.reads().get(key, "").object()));
      case "update" -> {
        WriteContext context = ResourceVerbs.contextOf(call, WriteOptions.Kind.UPDATE);
        Scale wanted =
            Bodies.read(
                call.body(),
                call.contentType(),
                Scale.TYPE,
                context.options().fieldValidation(),
                context.warnings());
        change(call, endpoint, context, key, _ -> wanted);
      }
      case "patch" -> {
        WriteContext context = ResourceVerbs.contextOf(call, WriteOptions.Kind.PATCH);
        change(call, endpoint, context, key, PatchBodies.scale(call, context));
      }
      default ->
          throw ApiException.methodNotAllowed(
              call.info().verb(), endpoint.type().group(), endpoint.type().plural() + "/scale");
    }
  }

  private void change(
      ApiCall call,
      Endpoint<T> endpoint,
      WriteContext context,
      ObjectKey key,
      UnaryOperator<Scale> edit)
      throws IOException {
    T written =
        endpoint
            .writes()
            .modify(
                context,
                key,
                Part.through("scale", endpoint.resource().strategy()),
                object -> scaled(object, edit))
            .object();
    Answers.struct(call, 200, scaleOf(written));
  }

  @SuppressWarnings("unchecked") // withMetadata of a record returns the same record class
  private T scaled(T object, UnaryOperator<Scale> edit) {
    Scale scale = edit.apply(scaleOf(object));
    Integer replicas = scale.spec() == null ? null : scale.spec().replicas();
    if (replicas != null && replicas < 0) {
      FieldErrors errors = new FieldErrors();
      errors.invalid(Path.of("spec", "replicas"), replicas, "must be greater than or equal to 0");
      throw ApiException.invalid(
          "autoscaling", "Scale", String.valueOf(object.metadata().name()), errors.list());
    }
    T changed = scalable.withDesired(object, replicas == null ? 0 : replicas);
    String version = scale.metadata().resourceVersion();
    return (T) changed.withMetadata(changed.metadata().withResourceVersion(version));
  }

  private Scale scaleOf(T object) {
    ObjectMeta meta = object.metadata();
    return Scale.builder()
        .metadata(
            ObjectMeta.builder()
                .name(meta.name())
                .namespace(meta.namespace())
                .uid(meta.uid())
                .resourceVersion(meta.resourceVersion())
                .creationTimestamp(meta.creationTimestamp())
                .build())
        .spec(ScaleSpec.builder().replicas(scalable.desired(object)).build())
        .status(
            ScaleStatus.builder()
                .replicas(scalable.present(object))
                .selector(scalable.selectorText(object))
                .build())
        .build();
  }
}
