package dev.tiphys.apiserver.admission;

import dev.tiphys.api.core.v1.Event;
import dev.tiphys.api.core.v1.EventSource;
import dev.tiphys.api.core.v1.ObjectReference;
import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.validation.FieldErrors;
import dev.tiphys.api.validation.Path;
import dev.tiphys.apiserver.configfile.ConfigFileException;
import dev.tiphys.apiserver.configfile.ConfigObject;
import dev.tiphys.apiserver.request.ApiException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Takes only so many events a second, in all, of a namespace, a user or a source. Thread-safe. */
public final class EventRateLimit implements Admission {

  private static final List<String> VERSIONS = List.of("eventratelimit.admission.k8s.io/v1alpha1");
  private static final List<String> TYPES =
      List.of("Server", "Namespace", "User", "SourceAndObject");
  private static final int DEFAULT_KEYS = 4096;

  /**
   * A limit.
   *
   * @param type what has it each: {@code Server}, {@code Namespace}, {@code User}, {@code
   *     SourceAndObject}
   * @param perSecond in the long run
   * @param burst at once
   * @param keys that are told apart; those that were not seen longest are forgotten
   */
  record Limit(String type, int perSecond, int burst, int keys) {}

  /** What a configuration says. */
  public record Settings(List<Limit> limits) {

    /** No limit. */
    public static final Settings NONE = new Settings(List.of());

    /**
     * Reads a configuration.
     *
     * @throws ConfigFileException that says what is wrong with it
     */
    public static Settings read(byte[] content) throws ConfigFileException {
      ConfigObject root = ConfigObject.read(content, "Configuration", VERSIONS);
      FieldErrors errors = new FieldErrors();
      List<Limit> limits = new ArrayList<>();
      List<ConfigObject> all = root.objects("limits");
      if (all.isEmpty()) {
        errors.invalid(Path.of("limits"), "[]", "must not be empty");
      }
      for (int i = 0; i < all.size(); i++) {
        Path path = Path.of("limits").index(i);
        ConfigObject limit = all.get(i);
        String type = limit.text("type");
        if (!TYPES.contains(type)) {
          errors.notSupported(path.child("type"), type, TYPES);
        }
        int keys = Objects.requireNonNullElse(limit.number("cacheSize"), 0);
        if (keys < 0) {
          errors.invalid(path.child("cacheSize"), keys, "must not be negative");
        }
        limits.add(
            new Limit(
                type,
                positive(limit, "qps", path, errors),
                positive(limit, "burst", path, errors),
                keys == 0 ? DEFAULT_KEYS : keys));
      }
      root.check();
      if (!errors.isEmpty()) {
        throw new ConfigFileException(errors.message());
      }
      return new Settings(List.copyOf(limits));
    }

    private static int positive(ConfigObject limit, String member, Path path, FieldErrors errors) {
      int value = Objects.requireNonNullElse(limit.number(member), 0);
      if (value <= 0) {
        errors.invalid(path.child(member), value, "must be positive");
      }
      return value;
    }
  }

  private final List<Buckets> all;

  /**
   * Enforces limits.
   *
   * @param nanoTime by which buckets fill again
   */
  public EventRateLimit(Settings settings, LongSupplier nanoTime) {
    this.all = settings.limits().stream().map(limit -> new Buckets(limit, nanoTime)).toList();
  }

  @Override
  public void validate(Request request, @Nullable ApiObject object, @Nullable ApiObject old) {
    boolean writes =
        request.operation() == Operation.CREATE || request.operation() == Operation.UPDATE;
    if (!writes || request.dryRun() || !(object instanceof Event event)) {
      return;
    }
    // All are asked, so that one that is empty does not spare the others.
    List<String> refused = new ArrayList<>();
    for (Buckets buckets : all) {
      String key = key(buckets.limit.type(), request, event);
      if (!buckets.take(key)) {
        refused.add("limit reached on type " + buckets.limit.type() + " for key " + key);
      }
    }
    if (!refused.isEmpty()) {
      String why =
          refused.size() == 1 ? refused.getFirst() : "[" + String.join(", ", refused) + "]";
      throw ApiException.tooManyRequests("Too many requests: " + why, 0);
    }
  }

  private static String key(String type, Request request, Event event) {
    return switch (type) {
      case "Namespace" -> request.namespace();
      case "User" -> request.user().name();
      case "SourceAndObject" -> {
        EventSource source = Objects.requireNonNullElse(event.source(), EventSource.EMPTY);
        ObjectReference about =
            Objects.requireNonNullElse(event.involvedObject(), ObjectReference.EMPTY);
        yield Stream.of(
                source.component(),
                source.host(),
                about.kind(),
                about.namespace(),
                about.name(),
                about.uid(),
                about.apiVersion())
            .map(part -> Objects.requireNonNullElse(part, ""))
            .collect(Collectors.joining());
      }
      default -> "";
    };
  }

  /** A bucket a key. */
  private static final class Buckets {

    private static final class Bucket {
      private double left;
      private long filled;

      Bucket(double left, long filled) {
        this.left = left;
        this.filled = filled;
      }
    }

    private final Limit limit;
    private final LongSupplier nanoTime;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Bucket> buckets;

    Buckets(Limit limit, LongSupplier nanoTime) {
      this.limit = limit;
      this.nanoTime = nanoTime;
      this.buckets =
          new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
              return size() > limit.keys();
            }
          };
    }

    boolean take(String key) {
      long now = nanoTime.getAsLong();
      lock.lock();
      try {
        Bucket bucket = buckets.computeIfAbsent(key, _ -> new Bucket(limit.burst(), now));
        bucket.left =
            Math.min(limit.burst(), bucket.left + (now - bucket.filled) / 1e9 * limit.perSecond());
        bucket.filled = now;
        if (bucket.left < 1) {
          return false;
        }
        bucket.left--;
        return true;
      } finally {
        lock.unlock();
      }
    }
  }
}
