package dev.tiphys.client;

import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.schema.ResourceType;
import dev.tiphys.client.environment.Environment;
import dev.tiphys.client.kubeconfig.ClusterAccess;
import dev.tiphys.client.transport.HttpTransport;
import dev.tiphys.client.transport.Statuses;
import dev.tiphys.client.transport.Transport;
import dev.tiphys.client.transport.Transport.Request;
import dev.tiphys.client.transport.Transport.Response;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;

/** A cluster behind its REST API. */
public final class RestClient implements Client {

  private final Transport transport;
  private final Environment environment;

  /** Makes a client over a transport, which it will close. */
  public RestClient(Transport transport, Environment environment) {
    this.transport = transport;
    this.environment = environment;
  }

  /**
   * Makes a client; nothing is sent before the first call.
   *
   * @param userAgent as {@code kube-scheduler/v1.36.0}; the server names field managers after it
   */
  public static RestClient open(ClusterAccess access, String userAgent, Environment environment) {
    return new RestClient(new HttpTransport(access, userAgent, environment), environment);
  }

  /** The transport, for requests that are not about objects. */
  public Transport transport() {
    return transport;
  }

  @Override
  public <T extends ApiObject> ResourceClient<T> resource(ResourceType<T> type) {
    return RestResource.of(this, type);
  }

  @Override
  public ResourceClient<ObjectHead> heads(ResourceType<?> type) {
    return RestResource.heads(this, type);
  }

  @Override
  public List<ResourceType<ObjectHead>> discover() {
    return new Discovery(this).preferred();
  }

  /** Sends a request and reads the whole answer; an error status is thrown. */
  byte[] exchange(Request request) {
    try (Response response = open(request)) {
      return response.body().readNBytes(Limits.BODY_BYTES);
    } catch (IOException e) {
      throw broken(request, e);
    }
  }

  /**
   * Sends a request that is not about typed objects; an error status is thrown. A server that is
   * too busy and says when to come back is asked again then.
   *
   * @return an answer below 300, to be closed
   */
  public Response open(Request request) {
    for (int tries = 0; ; tries++) {
      Response response = transport.send(request);
      if (response.status() < 300) {
        return response;
      }
      try (response) {
        String retryAfter = response.headers().get("retry-after");
        boolean busy = response.status() == 429 || response.status() >= 500;
        if (busy && retryAfter != null && tries < Limits.BUSY_RETRIES) {
          pause(retryAfter);
          continue;
        }
        byte[] body = response.body().readNBytes(Limits.ERROR_BYTES);
        throw Statuses.exception(response.status(), body, retryAfter);
      } catch (IOException e) {
        throw broken(request, e);
      }
    }
  }

  private void pause(String retryAfter) {
    Duration asked =
        retryAfter.matches("\\d{1,6}")
            ? Duration.ofSeconds(Long.parseLong(retryAfter))
            : Duration.ofSeconds(1);
    try {
      environment.sleep(
          asked.compareTo(Limits.RETRY_AFTER_MOST) > 0 ? Limits.RETRY_AFTER_MOST : asked);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("the call was interrupted");
    }
  }

  private static RuntimeException broken(Request request, IOException cause) {
    if (Thread.currentThread().isInterrupted()) {
      return new CancellationException("the call was interrupted");
    }
    return ApiException.unreachable(
        request.method() + " " + request.path() + ": the answer broke off: " + cause.getMessage(),
        cause);
  }

  @Override
  public void close() {
    transport.close();
  }
}
