package dev.tiphys.deploy;

import dev.tiphys.deploy.layout.ClusterSettings;
import dev.tiphys.deploy.layout.DataDir;
import dev.tiphys.deploy.layout.SettingsFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tiphys repair}: what to do when a member of the store, or all of it, is lost. */
@Command(
    name = "repair",
    mixinStandardHelpOptions = true,
    description = "Makes the cluster's store whole again. Old data is put aside, never deleted.")
final class RepairCommand implements Callable<Integer> {
  @Mixin private CommonOptions common = new CommonOptions();

  @ArgGroup(multiplicity = "1")
  private Way way = new Way();

  /** One of three. */
  private static final class Way {
    @Parameters(
        paramLabel = "MEMBER",
        description = "Makes this member (store-1, ...) anew of the others, all of which are well.")
    private @Nullable String member;

    @Option(
        names = "--from-member",
        paramLabel = "MEMBER",
        description =
            "There is no majority left: what this member has becomes the cluster, and the others"
                + " are made anew of it.")
    private @Nullable String survivor;

    @Option(
        names = "--from-snapshot",
        paramLabel = "FILE",
        description =
            "Makes all members anew of a snapshot, of `tiphys store snapshot save` or of an etcd.")
    private @Nullable Path snapshot;
  }

  @Override
  public Integer call() throws Exception {
    DataDir directory = common.directory();
    ClusterSettings settings = settings(directory);
    var repair =
        new StoreRepair(
            directory, settings, CommonOptions.distribution(), new Progress(System.out));
    try (var _ = ClusterLock.take(directory)) {
      if (way.member != null) {
        repair.replace(repair.member(way.member));
      } else if (way.survivor != null) {
        repair.fromMember(repair.member(way.survivor));
      } else if (way.snapshot != null) {
        repair.fromSnapshot(way.snapshot.toAbsolutePath());
      }
    }
    System.out.println("The store is whole. `tiphys up` starts what else does not run.");
    return 0;
  }

  /** The settings of the cluster that there must be. */
  static ClusterSettings settings(DataDir directory) throws IOException, Failure {
    return SettingsFile.read(directory)
        .orElseThrow(() ->
            new Failure("There is no cluster in " + directory.root() + ": `tiphys up` makes one."));
  }
}
