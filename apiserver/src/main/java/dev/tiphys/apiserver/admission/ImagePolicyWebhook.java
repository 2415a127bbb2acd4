package dev.tiphys.apiserver.admission;

import dev.tiphys.api.codec.DecodeException;
import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.api.core.v1.Container;
import dev.tiphys.api.core.v1.Pod;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.apiserver.configfile.ConfigFileException;
import dev.tiphys.apiserver.configfile.ConfigObject;
import dev.tiphys.apiserver.outbound.ExpiringCache;
import dev.tiphys.apiserver.outbound.PatientCalls;
import dev.tiphys.apiserver.outbound.Remote;
import dev.tiphys.apiserver.request.ApiException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks a webhook, with an ImageReview, whether the images of pods may run, and remembers what it
 * said. Thread-safe; blocks.
 */
public final class ImagePolicyWebhook implements Admission {

  private static final Logger log = LoggerFactory.getLogger(ImagePolicyWebhook.class);
  private static final String AUDIT = "imagepolicywebhook.image-policy.k8s.io/";
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int REMEMBERED = 1024;

  /**
   * What a configuration says.
   *
   * @param allowed how long a yes is remembered
   * @param denied how long a no is
   * @param pause before the webhook is asked again for the first time
   * @param open whether images may run when it fails
   */
  public record Settings(
      Remote webhook, Duration allowed, Duration denied, Duration pause, boolean open) {

    /**
     * Reads a configuration, and the kubeconfig that it names.
     *
     * @throws ConfigFileException that says what is wrong with it
     */
    public static Settings read(byte[] content) throws ConfigFileException {
      ConfigObject root = ConfigObject.of(ConfigObject.tree(content), "");
      ConfigObject policy = root.objectOrEmpty("imagePolicy");
      String file = policy.text("kubeConfigFile");
      Duration pause = Duration.ofMillis(number(policy, "retryBackoff", 500, 1, 300_000));
      Duration allowed = Duration.ofSeconds(number(policy, "allowTTL", 300, 1, 1800));
      Duration denied = Duration.ofSeconds(number(policy, "denyTTL", 30, 1, 1800));
      boolean open = Boolean.TRUE.equals(policy.flag("defaultAllow"));
      root.check();
      if (file.isEmpty()) {
        throw new ConfigFileException("imagePolicy.kubeConfigFile: must be given");
      }
      return new Settings(Remote.of(Path.of(file)), allowed, denied, pause, open);
    }

    /** 0 is what is usual, and what is negative switches it off. */
    private static int number(ConfigObject policy, String member, int usual, int least, int most)
        throws ConfigFileException {
      Integer given = policy.number(member);
      if (given == null || given == 0) {
        return usual;
      }
      if (given < 0) {
        return 0;
      }
      if (given < least || given > most) {
        throw new ConfigFileException(
            "valid value is between " + least + " and " + most + ", got " + given);
      }
      return given;
    }
  }

  /** What the webhook said. */
  private record Verdict(boolean allowed, String reason, Map<String, String> audit) {}

  private final Settings settings;
  private final PatientCalls calls;
  private final ExpiringCache<String, Verdict> verdicts;

  /** Asks over the network. */
  public ImagePolicyWebhook(Settings settings, PatientCalls calls, InstantSource clock) {
    this.settings = settings;
    this.calls = calls;
    this.verdicts = new ExpiringCache<>(REMEMBERED, clock);
  }

  @Override
  public void validate(Request request, @Nullable ApiObject object, @Nullable ApiObject old) {
    boolean whole =
        request.subresource().isEmpty() || request.subresource().equals("ephemeralcontainers");
    if (!whole
        || (request.operation() != Operation.CREATE && request.operation() != Operation.UPDATE)
        || !(object instanceof Pod pod)) {
      return;
    }
    JsonTree.Obj spec = spec(request, pod);
    String key = spec.toJson();
    Verdict verdict = verdicts.get(key);
    if (verdict == null) {
      try {
        verdict = ask(spec);
        verdicts.put(key, verdict, verdict.allowed() ? settings.allowed() : settings.denied());
      } catch (IOException e) {
        failed(request, e);
        return;
      }
    }
    verdict.audit().forEach((name, value) -> request.annotations().accept(AUDIT + name, value));
    if (!verdict.allowed()) {
      throw forbidden(
          request,
          verdict.reason().isEmpty()
              ? "one or more images rejected by webhook backend"
              : "image policy webhook backend denied one or more images: " + verdict.reason());
    }
  }

  private void failed(Request request, IOException why) {
    log.warn(
        "event=image-policy-webhook-failed allowed={} message=\"{}\"",
        settings.open(),
        why.getMessage());
    if (!settings.open()) {
      throw forbidden(request, String.valueOf(why.getMessage()));
    }
    request.annotations().accept(AUDIT + "failed-open", "true");
  }

  private static ApiException forbidden(Request request, String why) {
    return ApiException.forbidden("", "pods", request.name(), why);
  }

  private static JsonTree.Obj spec(Request request, Pod pod) {
    List<JsonTree> images = new ArrayList<>();
    if (pod.spec() != null) {
      if (request.subresource().isEmpty()) {
        pod.spec().containers().forEach(c -> images.add(image(c)));
        pod.spec().initContainers().forEach(c -> images.add(image(c)));
      }
      pod.spec().ephemeralContainers().forEach(c -> images.add(image(c.image())));
    }
    Map<String, JsonTree> annotations = new LinkedHashMap<>();
    pod.metadata().annotations().entrySet().stream()
        .filter(one -> one.getKey().contains(".image-policy.k8s.io/"))
        .sorted(Map.Entry.comparingByKey())
        .forEach(one -> annotations.put(one.getKey(), new JsonTree.Text(one.getValue())));
    Map<String, JsonTree> spec = new LinkedHashMap<>();
    spec.put("containers", new JsonTree.Arr(images));
    if (!annotations.isEmpty()) {
      spec.put("annotations", new JsonTree.Obj(annotations));
    }
    spec.put("namespace", new JsonTree.Text(request.namespace()));
    return new JsonTree.Obj(spec);
  }

  private static JsonTree image(Container container) {
    return image(container.image());
  }

  private static JsonTree image(@Nullable String image) {
    return image == null
        ? JsonTree.EMPTY_OBJECT
        : new JsonTree.Obj(Map.of("image", new JsonTree.Text(image)));
  }

  private Verdict ask(JsonTree.Obj spec) throws IOException {
    Map<String, JsonTree> review = new LinkedHashMap<>();
    review.put("kind", new JsonTree.Text("ImageReview"));
    review.put("apiVersion", new JsonTree.Text("imagepolicy.k8s.io/v1alpha1"));
    review.put("metadata", JsonTree.EMPTY_OBJECT);
    review.put("spec", spec);
    review.put("status", new JsonTree.Obj(Map.of("allowed", new JsonTree.Bool(false))));
    try {
      JsonTree answer =
          JsonTree.parse(
              calls.post(
                  settings.webhook(),
                  new JsonTree.Obj(review).toBytes(),
                  PATIENCE,
                  settings.pause()));
      return answer instanceof JsonTree.Obj object && object.get("status") instanceof JsonTree.Obj s
          ? verdict(s)
          : new Verdict(false, "", Map.of());
    } catch (DecodeException e) {
      throw new IOException("the answer cannot be read: " + e.getMessage(), e);
    }
  }

  private static Verdict verdict(JsonTree.Obj status) {
    Map<String, String> audit = new LinkedHashMap<>();
    if (status.get("auditAnnotations") instanceof JsonTree.Obj annotations) {
      annotations
          .members()
          .forEach((name, value) -> {
            if (value instanceof JsonTree.Text(String text)) {
              audit.put(name, text);
            }
          });
    }
    return new Verdict(
        new JsonTree.Bool(true).equals(status.get("allowed")),
        status.get("reason") instanceof JsonTree.Text(String reason) ? reason : "",
        audit);
  }
}
