package dev.tiphys.apiserver.webhook;

import dev.tiphys.api.apiextensions.v1.ConversionRequest;
import dev.tiphys.api.apiextensions.v1.ConversionResponse;
import dev.tiphys.api.apiextensions.v1.ConversionReview;
import dev.tiphys.api.apiextensions.v1.CustomResourceConversion;
import dev.tiphys.api.apiextensions.v1.CustomResourceDefinition;
import dev.tiphys.api.apiextensions.v1.ServiceReference;
import dev.tiphys.api.apiextensions.v1.WebhookClientConfig;
import dev.tiphys.api.codec.DecodeException;
import dev.tiphys.api.codec.JsonCodec;
import dev.tiphys.api.merge.Defaults;
import dev.tiphys.api.meta.v1.ObjectMeta;
import dev.tiphys.api.meta.v1.Status;
import dev.tiphys.api.schema.CustomObject;
import dev.tiphys.api.schema.GroupVersionKind;
import dev.tiphys.api.schema.StructType;
import dev.tiphys.api.value.RawJson;
import dev.tiphys.apiserver.extension.Converter;
import dev.tiphys.apiserver.outbound.Destination;
import dev.tiphys.apiserver.outbound.JsonCalls;
import dev.tiphys.apiserver.outbound.ServiceAddresses;
import dev.tiphys.apiserver.request.ApiException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Converts between versions by asking a webhook with a ConversionReview. Thread-safe. */
public final class WebhookConverter implements Converter {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final String definition;
  private final WebhookClientConfig client;
  private final ServiceAddresses services;
  private final JsonCalls calls;
  private final Supplier<UUID> ids;

  private WebhookConverter(
      String definition,
      WebhookClientConfig client,
      ServiceAddresses services,
      JsonCalls calls,
      Supplier<UUID> ids) {
    this.definition = definition;
    this.client = client;
    this.services = services;
    this.calls = calls;
    this.ids = ids;
  }

  /** How the versions of a definition are converted. */
  public static Converter of(
      CustomResourceDefinition crd,
      ServiceAddresses services,
      JsonCalls calls,
      Supplier<UUID> ids) {
    CustomResourceConversion conversion = crd.spec() == null ? null : crd.spec().conversion();
    WebhookClientConfig client =
        conversion == null || conversion.webhook() == null
            ? null
            : conversion.webhook().clientConfig();
    return client == null || !"Webhook".equals(Objects.requireNonNull(conversion).strategy())
        ? Converter.NONE
        : new WebhookConverter(String.valueOf(crd.metadata().name()), client, services, calls, ids);
  }

  @Override
  public List<CustomObject> convert(List<CustomObject> objects, StructType<CustomObject> target) {
    if (objects.isEmpty()) {
      return objects;
    }
    GroupVersionKind kind = Objects.requireNonNull(target.kind());
    String id = ids.get().toString();
    ConversionReview question =
        ConversionReview.builder()
            .request(
                ConversionRequest.builder()
                    .uid(id)
                    .desiredAPIVersion(kind.apiVersion())
                    .objects(
                        objects.stream()
                            .map(object -> new RawJson(JsonCodec.encodeToString(object)))
                            .toList())
                    .build())
            .build();
    try {
      ConversionReview answer =
          calls.post(destination(), client.caBundle(), question, ConversionReview.TYPE, PATIENCE);
      return converted(objects, target, answer.response(), id);
    } catch (IOException | DecodeException e) {
      throw failed(kind, "Post: " + e.getMessage());
    }
  }

  private Destination destination() throws IOException {
    ServiceReference service = client.service();
    return service == null
        ? ServiceAddresses.url(String.valueOf(client.url()))
        : services.service(
            String.valueOf(service.namespace()),
            String.valueOf(service.name()),
            service.port(),
            service.path());
  }

  private List<CustomObject> converted(
      List<CustomObject> objects,
      StructType<CustomObject> target,
      @Nullable ConversionResponse response,
      String id) {
    GroupVersionKind kind = Objects.requireNonNull(target.kind());
    if (response == null || !id.equals(response.uid())) {
      throw failed(kind, "the response has another uid than the request");
    }
    Status result = response.result();
    if (result == null || !"Success".equals(result.status())) {
      throw failed(kind, result == null ? "no result" : String.valueOf(result.message()));
    }
    if (response.convertedObjects().size() != objects.size()) {
      throw failed(
          kind,
          "webhook returned "
              + response.convertedObjects().size()
              + " objects, expected "
              + objects.size());
    }
    List<CustomObject> converted = new ArrayList<>(objects.size());
    for (int i = 0; i < objects.size(); i++) {
      RawJson json = response.convertedObjects().get(i);
      byte[] bytes = json.json().getBytes(StandardCharsets.UTF_8);
      if (!JsonCodec.peek(bytes).apiVersion().equals(kind.apiVersion())) {
        throw failed(kind, "returned object has another apiVersion");
      }
      converted.add(restored(objects.get(i), Defaults.apply(JsonCodec.decode(bytes, target))));
    }
    return converted;
  }

  /** Of the metadata a webhook may change labels and annotations only. */
  private static CustomObject restored(CustomObject original, CustomObject converted) {
    ObjectMeta metadata = converted.metadata();
    return converted.withMetadata(
        original.metadata().toBuilder()
            .labels(metadata.labels())
            .annotations(metadata.annotations())
            .build());
  }

  private ApiException failed(GroupVersionKind kind, String why) {
    return ApiException.internal(
        "conversion webhook for "
            + definition
            + " to "
            + kind.apiVersion()
            + ", Kind="
            + kind.kind()
            + " failed: "
            + why,
        null);
  }
}
