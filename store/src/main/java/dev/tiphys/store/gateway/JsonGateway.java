package dev.tiphys.store.gateway;

import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.JsonRecyclerPools;

/**
 * The gateway: makes calls of the services from requests in JSON. What it needs beside them is made
 * when it is first used, so that where nobody does it costs nothing. Thread-safe.
 */
public final class JsonGateway {
  private final List<ServerServiceDefinition> services;
  private final int maxMessageBytes;
  private @Nullable Routes routes;
  private @Nullable JsonFactory json;

  /**
   * Takes the services.
   *
   * @param services with what is done for each of their calls, see {@link
   *     io.grpc.ServerInterceptors}
   * @param maxMessageBytes bound on the encoded form of a request, as gRPC is told
   */
  public JsonGateway(List<ServerServiceDefinition> services, int maxMessageBytes) {
    this.services = List.copyOf(services);
    this.maxMessageBytes = maxMessageBytes;
  }

  /** True for a path that is the gateway's to answer, be there a method or not. */
  public static boolean claims(String path) {
    return Routes.claims(path);
  }

  /**
   * The longest body that is worth being read: base64 takes a third more than what it stands for,
   * and names, quotes and blanks some more.
   */
  public int maxBodyBytes() {
    return 2 * maxMessageBytes;
  }

  /**
   * A call, to be run.
   *
   * @param request a path that is {@linkplain #claims claimed}
   */
  public JsonCall call(JsonRequest request, JsonAnswer answer) {
    return new JsonCall(this, request, answer);
  }

  /** Answers a request that is not read to its end, or not run, in the gateway's words. */
  public void refuse(Status status, JsonAnswer answer) {
    answer.whole(JsonError.http(status), Replies.JSON, JsonError.body(json(), status));
  }

  int maxMessageBytes() {
    return maxMessageBytes;
  }

  synchronized Routes routes() {
    var made = routes;
    if (made == null) {
      made = new Routes(services);
      routes = made;
    }
    return made;
  }

  synchronized JsonFactory json() {
    var made = json;
    if (made == null) {
      // Threads are virtual and many, so buffers kept for them would be as many.
      made = JsonFactory.builder().recyclerPool(JsonRecyclerPools.nonRecyclingPool()).build();
      json = made;
    }
    return made;
  }
}
