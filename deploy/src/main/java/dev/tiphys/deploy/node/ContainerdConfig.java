package dev.tiphys.deploy.node;

import dev.tiphys.deploy.image.ImageBuilder;
import dev.tiphys.deploy.layout.DataDir;
import java.nio.file.Path;

/**
 * The configuration of our own containerd, for 1.6 and later.
 *
 * @param plugins the directory of the CNI plugins
 * @param mayLowerOomScores whether containerd holds CAP_SYS_RESOURCE
 */
public record ContainerdConfig(DataDir directory, Path plugins, boolean mayLowerOomScores) {
  /** The TOML text. */
  public String text() {
    return """
    version = 2
    root = "%s"
    state = "%s"
    disabled_plugins = ["io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs", \
    "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs", \
    "io.containerd.internal.v1.tracing", "io.containerd.tracing.processor.v1.otlp"]

    [grpc]
      address = "%s"

    [plugins."io.containerd.internal.v1.opt"]
      path = "%s"

    [plugins."io.containerd.grpc.v1.cri"]
      sandbox_image = "%s"
      restrict_oom_score_adj = %s
      netns_mounts_under_state_dir = true
      stream_server_address = "127.0.0.1"
      [plugins."io.containerd.grpc.v1.cri".cni]
        bin_dir = "%s"
        conf_dir = "%s"
        max_conf_num = 1
      [plugins."io.containerd.grpc.v1.cri".containerd]
        snapshotter = "overlayfs"
        default_runtime_name = "runc"
        [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
          runtime_type = "io.containerd.runc.v2"
          [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
            SystemdCgroup = false
            Root = "%s"
    """
        .formatted(
            directory.containerd(),
            directory.containerdState(),
            directory.containerdSocket(),
            directory.containerd().resolve("opt"),
            ImageBuilder.PAUSE,
            !mayLowerOomScores,
            plugins,
            directory.cniConf(),
            directory.runcRoot());
  }
}
