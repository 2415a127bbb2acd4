package dev.tiphys.kubelet.pod;

import dev.tiphys.api.core.v1.VolumeMount;
import dev.tiphys.kubelet.runtime.VariableExpansion;
import dev.tiphys.kubelet.volume.VolumeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * The part of a volume that a container mounts. A pod can put symbolic links into its own volume,
 * so what a sub-path leads to is resolved and must still lie within.
 */
final class SubPaths {

  private SubPaths() {}

  static Path resolve(Path volume, VolumeMount mount, Map<String, String> environment)
      throws VolumeException, IOException {
    Path real = volume.toRealPath();
    String expression = mount.subPathExpr();
    String subPath =
        expression == null || expression.isEmpty()
            ? mount.subPath()
            : VariableExpansion.expand(expression, environment::get);
    if (subPath == null || subPath.isEmpty()) {
      return real;
    }
    Path wanted = real.resolve(subPath).normalize();
    if (subPath.startsWith("/") || !wanted.startsWith(real)) {
      throw new VolumeException("subPath " + subPath + " leads out of its volume");
    }
    Path parent = existing(wanted);
    if (!parent.toRealPath().startsWith(real)) {
      throw new VolumeException("subPath " + subPath + " leads out of its volume");
    }
    if (!Files.exists(wanted)) {
      Files.createDirectories(wanted);
    }
    Path target = wanted.toRealPath();
    if (!target.startsWith(real)) {
      throw new VolumeException("subPath " + subPath + " leads out of its volume");
    }
    return target;
  }

  private static Path existing(Path path) {
    Path at = path;
    while (!Files.exists(at) && at.getParent() != null) {
      at = at.getParent();
    }
    return at;
  }
}
