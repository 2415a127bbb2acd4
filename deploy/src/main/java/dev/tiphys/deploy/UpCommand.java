package dev.tiphys.deploy;

import dev.tiphys.deploy.layout.Cidr;
import dev.tiphys.deploy.layout.ClusterSettings;
import dev.tiphys.deploy.layout.DataDir;
import dev.tiphys.deploy.layout.SettingsFile;
import dev.tiphys.deploy.machine.Addresses;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tiphys up}. */
@Command(
    name = "up",
    mixinStandardHelpOptions = true,
    description = "Starts a one-node cluster on this machine, or what is missing of it.")
final class UpCommand implements Callable<Integer> {
  @Mixin private CommonOptions common = new CommonOptions();

  @Option(
      names = "--container-runtime-endpoint",
      paramLabel = "SOCKET",
      description =
          "Use this running containerd or CRI-O (unix:///...) instead of a private containerd.")
  private @Nullable String runtimeEndpoint;

  @Option(
      names = "--pod-cidr",
      paramLabel = "CIDR",
      description = "Addresses of pods (default: 10.244.0.0/16).")
  private @Nullable String podCidr;

  @Option(
      names = "--service-cidr",
      paramLabel = "CIDR",
      description = "Addresses of services (default: 10.96.0.0/12).")
  private @Nullable String serviceCidr;

  @Option(
      names = "--api-port",
      paramLabel = "PORT",
      description = "Port of the API server (default: 6443).")
  private @Nullable Integer apiPort;

  @Option(
      names = "--control-planes",
      paramLabel = "COUNT",
      description =
          "How many stores and API servers, each pair in a network namespace of its own, behind one"
              + " address: 1, 3 or 5 (default: 1).")
  private @Nullable Integer controlPlanes;

  @Option(
      names = "--node-name",
      paramLabel = "NAME",
      description = "Name of this node (default: the host name).")
  private @Nullable String nodeName;

  @Option(
      names = "--no-install",
      description = "Do not install missing programs; tell what is missing.")
  private boolean noInstall;

  @Option(names = "--no-train", hidden = true)
  private boolean noTrain;

  @Override
  public Integer call() throws Exception {
    DataDir directory = common.directory();
    ClusterSettings settings = settle(directory);
    new Bringup(directory, settings, CommonOptions.distribution(), new Progress(System.out))
        .run(!noInstall, !noTrain);
    return 0;
  }

  /** What a cluster was once asked to be stays; what is asked now must not differ. */
  private ClusterSettings settle(DataDir directory) throws IOException, Failure {
    Optional<ClusterSettings> known = SettingsFile.read(directory);
    if (known.isEmpty()) {
      return new ClusterSettings(
          Cidr.parse(podCidr != null ? podCidr : "10.244.0.0/16"),
          Cidr.parse(serviceCidr != null ? serviceCidr : "10.96.0.0/12"),
          apiPort != null ? apiPort : 6443,
          nodeName != null ? nodeName : Addresses.nodeName(),
          runtimeEndpoint,
          controlPlanes != null ? controlPlanes : 1);
    }
    ClusterSettings settings = known.get();
    same(directory, "--pod-cidr", podCidr, settings.podCidr());
    same(directory, "--service-cidr", serviceCidr, settings.serviceCidr());
    same(directory, "--api-port", apiPort, settings.apiPort());
    same(directory, "--node-name", nodeName, settings.nodeName());
    same(directory, "--control-planes", controlPlanes, settings.controlPlanes());
    same(
        directory,
        "--container-runtime-endpoint",
        runtimeEndpoint,
        settings.runtimeEndpoint() == null
            ? "a containerd of its own"
            : settings.runtimeEndpoint());
    return settings;
  }

  private static void same(DataDir directory, String option, @Nullable Object asked, Object settled)
      throws Failure {
    if (asked != null && !asked.toString().equals(settled.toString())) {
      throw new Failure(
          "The cluster in "
              + directory.root()
              + " was made with "
              + option
              + " "
              + settled
              + ", not "
              + asked
              + ": leave the option out, choose another --data-dir, or `tiphys down --purge` this one first.");
    }
  }
}
