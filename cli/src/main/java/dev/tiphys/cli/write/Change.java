package dev.tiphys.cli.write;

import dev.tiphys.api.codec.JsonTree;
import dev.tiphys.cli.cluster.Cluster;
import dev.tiphys.cli.select.Target;
import java.util.Map;

/**
 * A change ready to send.
 *
 * @param contentType which kind of patch it is
 */
public record Change(String contentType, JsonTree patch) {

  /** Sends it; the object afterwards. */
  public JsonTree.Obj send(Cluster cluster, Target target, Map<String, String> query) {
    return cluster.patch(target.path(), contentType, patch.toJson(), query);
  }
}
