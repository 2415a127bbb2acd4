package dev.tiphys.store.grpc;

import io.grpc.MethodDescriptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** All methods that can be called, by their names. Thread-safe when what it is given is. */
public final class Methods {
  private final Map<String, ServerMethodDefinition<?, ?>> byPath = new HashMap<>();
  private final Map<String, ServerServiceDefinition> services = new HashMap<>();
  private final Predicate<MethodDescriptor<?, ?>> onLoop;

  /**
   * Takes services.
   *
   * @param onLoop whether a call of a method that begins now may be handled by the event loop: its
   *     handler never waits
   */
  public Methods(List<ServerServiceDefinition> services, Predicate<MethodDescriptor<?, ?>> onLoop) {
    this.onLoop = onLoop;
    for (var service : services) {
      this.services.put(service.getServiceDescriptor().getName(), service);
      for (var method : service.getMethods()) {
        byPath.put("/" + method.getMethodDescriptor().getFullMethodName(), method);
      }
    }
  }

  /** The method of a path; null when there is none. */
  @Nullable ServerMethodDefinition<?, ?> find(String path) {
    return byPath.get(path);
  }

  /** Whether the event loop may handle a call that begins now. */
  boolean onLoop(MethodDescriptor<?, ?> method) {
    return onLoop.test(method);
  }

  /** Why there is none, as programs in Go are told. */
  String unknown(String path) {
    int slash = path.lastIndexOf('/');
    if (slash <= 0) {
      return "malformed method name: \"" + path + "\"";
    }
    var service = path.substring(1, slash);
    return services.containsKey(service)
        ? "unknown method " + path.substring(slash + 1) + " for service " + service
        : "unknown service " + service;
  }
}
