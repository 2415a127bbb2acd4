package dev.tiphys.deploy.image;

import dev.tiphys.deploy.machine.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Brings images into a containerd. */
public final class Images {
  /** An archive cannot be used; the message is for the user. */
  public static final class BadArchive extends Exception {
    private static final long serialVersionUID = 1;

    BadArchive(String message) {
      super(message);
    }
  }

  private final Shell shell;
  private final String socket;

  /**
   * @param socket path of containerd's socket
   */
  public Images(Shell shell, String socket) {
    this.shell = shell;
    this.socket = socket;
  }

  /**
   * Brings in the images that come with Tiphys, unless the runtime has these very ones.
   *
   * @param scratch a directory to write the archive to
   * @return whether they were brought in now
   */
  public boolean importOwn(ImageBuilder builder, String nodeName, Path scratch) throws IOException {
    OciArchive archive = builder.build(nodeName);
    String present = shell.must(ctr("images", "list"));
    boolean all =
        archive.digests().entrySet().stream()
            .allMatch(image ->
                present
                    .lines()
                    .anyMatch(line ->
                        line.startsWith(image.getKey() + " ") && line.contains(image.getValue())));
    if (all) {
      return false;
    }
    Path file = Files.createTempFile(scratch, "images", ".tar");
    try {
      Files.write(file, archive.tar());
      shell.must(ctr("images", "import", file.toString()));
    } finally {
      Files.deleteIfExists(file);
    }
    return true;
  }

  /**
   * Checks an archive and brings its images in.
   *
   * @return the names of the images
   * @throws BadArchive with a sentence for the user
   */
  public List<String> importFile(Path file) throws IOException, BadArchive {
    List<String> names = ArchiveCheck.names(file);
    shell.must(ctr("images", "import", "--all-platforms=false", file.toString()));
    return names;
  }

  private String[] ctr(String... arguments) {
    var command =
        new java.util.ArrayList<>(List.of("ctr", "--address", socket, "--namespace", "k8s.io"));
    command.addAll(List.of(arguments));
    return command.toArray(String[]::new);
  }
}
