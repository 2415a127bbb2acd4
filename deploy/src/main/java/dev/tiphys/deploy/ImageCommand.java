package dev.tiphys.deploy;

import dev.tiphys.deploy.image.Images;
import dev.tiphys.deploy.layout.ClusterSettings;
import dev.tiphys.deploy.layout.DataDir;
import dev.tiphys.deploy.layout.SettingsFile;
import dev.tiphys.deploy.machine.Shell;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code tiphys image}. */
@Command(
    name = "image",
    mixinStandardHelpOptions = true,
    description = "Brings container images into the cluster's runtime.",
    subcommands = ImageCommand.Import.class)
final class ImageCommand {
  private ImageCommand() {}

  /** {@code tiphys image import FILE}. */
  @Command(
      name = "import",
      mixinStandardHelpOptions = true,
      description =
          "Brings in the images of an OCI or docker archive (docker save, skopeo copy, buildah push).")
  static final class Import implements Callable<Integer> {
    @Mixin private CommonOptions common = new CommonOptions();

    @Parameters(paramLabel = "FILE.tar", description = "The archive, plain or gzipped.")
    private Path file = Path.of("");

    @Override
    public Integer call() throws Exception {
      DataDir directory = common.directory();
      ClusterSettings settings =
          SettingsFile.read(directory)
              .orElseThrow(() ->
                  new Failure(
                      "There is no cluster in " + directory.root() + ": `tiphys up` makes one."));
      String endpoint = settings.runtimeEndpoint();
      String socket =
          endpoint == null
              ? directory.containerdSocket().toString()
              : endpoint.substring("unix://".length());
      try {
        new Images(new Shell(), socket)
            .importFile(file)
            .forEach(name -> System.out.println("imported " + name));
      } catch (Images.BadArchive bad) {
        throw new Failure(bad.getMessage() + ".");
      }
      return 0;
    }
  }
}
