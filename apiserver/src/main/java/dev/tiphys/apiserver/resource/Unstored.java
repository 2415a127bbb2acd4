package dev.tiphys.apiserver.resource;

import dev.tiphys.api.schema.ResourceType;
import dev.tiphys.apiserver.request.ApiCall;
import dev.tiphys.apiserver.request.Deprecation;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A resource of which nothing is stored. Thread-safe. */
public interface Unstored {

  /** The facts. */
  ResourceType<?> type();

  /** What everybody is told who asks for it; null if nothing. */
  default @Nullable Deprecation deprecation() {
    return null;
  }

  /**
   * Answers a request.
   *
   * @throws dev.tiphys.apiserver.request.ApiException if it is refused
   */
  void handle(ApiCall call) throws IOException;
}
