package dev.tiphys.client;

import dev.tiphys.api.schema.ApiObject;
import dev.tiphys.api.schema.ResourceType;
import java.util.List;

/**
 * A cluster, as one caller may see it. Thread-safe; calls block, and are meant for virtual threads.
 *
 * <p>A call that is interrupted throws {@link java.util.concurrent.CancellationException} and
 * leaves the thread interrupted.
 */
public interface Client extends AutoCloseable {

  /**
   * The objects of one resource.
   *
   * <pre>{@code
   * Pod pod = client.resource(Resources.PODS).inNamespace("default").get("web-0");
   * }</pre>
   */
  <T extends ApiObject> ResourceClient<T> resource(ResourceType<T> type);

  /**
   * The metadata of the objects of a resource, without the rest. It reads, patches and deletes;
   * creating and updating make no sense and are refused.
   */
  ResourceClient<ObjectHead> heads(ResourceType<?> type);

  /**
   * All resources that the server serves, in each group's preferred version; subresources apart.
   * The result of discovery, so custom resources are in it.
   *
   * @throws ApiException as of any call; a group that cannot be told fails the whole
   */
  List<ResourceType<ObjectHead>> discover();

  /** Ends what is under way and frees connections. */
  @Override
  void close();
}
