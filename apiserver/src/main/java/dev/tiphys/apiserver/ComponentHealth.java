package dev.tiphys.apiserver;

import dev.tiphys.api.core.v1.ComponentCondition;
import dev.tiphys.api.core.v1.ComponentStatus;
import dev.tiphys.api.meta.v1.ObjectMeta;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;

/**
 * The health of the control plane's other parts, as {@code componentstatuses} tell: asked on the
 * machine that this server runs on, where upstream asks too. Thread-safe.
 */
final class ComponentHealth {

  private static final Duration PATIENCE = Duration.ofSeconds(3);
  private static final String SCHEDULER = "https://127.0.0.1:10259/healthz";
  private static final String CONTROLLERS = "https://127.0.0.1:10257/healthz";

  private final Supplier<SSLContext> anybody;
  private final Supplier<Optional<String>> store;

  /**
   * Asks.
   *
   * @param anybody TLS that believes everybody: these parts show certificates of their own making
   * @param store what is wrong with the store, if anything
   */
  ComponentHealth(Supplier<SSLContext> anybody, Supplier<Optional<String>> store) {
    this.anybody = anybody;
    this.store = store;
  }

  /** All of them, now. */
  List<ComponentStatus> get() {
    Optional<String> fault = store.get();
    // Made for the occasion, which is rare: a client at rest keeps a thread.
    try (HttpClient http =
        HttpClient.newBuilder().sslContext(anybody.get()).connectTimeout(PATIENCE).build()) {
      return List.of(
          status("controller-manager", asked(http, CONTROLLERS)),
          status("scheduler", asked(http, SCHEDULER)),
          fault.isEmpty() ? status("etcd-0", healthy("ok")) : status("etcd-0", sick(fault.get())));
    }
  }

  private static ComponentCondition asked(HttpClient http, String url) {
    try {
      HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(URI.create(url)).timeout(PATIENCE).build(),
              BodyHandlers.ofString());
      return answer.statusCode() == 200
          ? healthy(answer.body().strip())
          : sick(url + " answered " + answer.statusCode());
    } catch (IOException e) {
      return sick("Get \"" + url + "\": " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return sick("the server is stopping");
    }
  }

  private static ComponentCondition healthy(String message) {
    return ComponentCondition.builder().type("Healthy").status("True").message(message).build();
  }

  private static ComponentCondition sick(String message) {
    return ComponentCondition.builder().type("Healthy").status("False").message(message).build();
  }

  private static ComponentStatus status(String name, ComponentCondition condition) {
    return ComponentStatus.builder()
        .metadata(ObjectMeta.builder().name(name).build())
        .conditions(List.of(condition))
        .build();
  }
}
