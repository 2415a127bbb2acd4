package dev.tiphys.kubelet.volume;

import org.jspecify.annotations.Nullable;

/** Checks of paths that pods name within volumes. */
final class VolumePath {

  private VolumePath() {}

  /**
   * A path relative to the volume, checked.
   *
   * @throws VolumeException if it is absolute, leaves the volume, or would hide the volume's own
   *     links
   */
  static String relative(@Nullable String path) throws VolumeException {
    if (path == null || path.isEmpty()) {
      throw new VolumeException("a path within a volume must not be empty");
    }
    if (path.startsWith("/")) {
      throw new VolumeException("the path " + path + " must be relative to the volume");
    }
    for (String part : path.split("/", -1)) {
      if (part.equals("..")) {
        throw new VolumeException("the path " + path + " must not contain '..'");
      }
    }
    if (path.startsWith("..")) {
      throw new VolumeException("the path " + path + " must not start with '..'");
    }
    return path;
  }
}
