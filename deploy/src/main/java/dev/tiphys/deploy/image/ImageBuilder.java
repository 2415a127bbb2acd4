package dev.tiphys.deploy.image;

import dev.tiphys.deploy.machine.Shell;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Makes the images that come with Tiphys: {@code pause}, which holds a pod's namespaces, and {@code
 * echo}, which answers HTTP. The programs are compiled once and kept below the distribution.
 */
public final class ImageBuilder {
  public static final String PAUSE = "tiphys.local/pause:1";
  public static final String ECHO = "tiphys.local/echo:1";

  private static final List<String> COMPILER =
      List.of("gcc", "-std=c11", "-O2", "-Wall", "-Wextra", "-static", "-s", "-o");

  private final Path distribution;
  private final Path busybox;
  private final Shell shell;

  /**
   * @param busybox a statically linked busybox
   */
  public ImageBuilder(Path distribution, Path busybox, Shell shell) {
    this.distribution = distribution;
    this.busybox = busybox;
    this.shell = shell;
  }

  /** Whether both programs are compiled, so that no compiler is needed. */
  public static boolean compiled(Path distribution) throws IOException {
    return Files.exists(binary(distribution, "pause"))
        && Files.exists(binary(distribution, "echo"));
  }

  /**
   * Both images, packed.
   *
   * @param nodeName told by the echo image's answers, unless a pod's own NODE_NAME says otherwise
   */
  OciArchive build(String nodeName) throws IOException {
    byte[] pause = compile("pause");
    byte[] echo = compile("echo");
    return OciArchive.pack(
        List.of(
            new Image(
                PAUSE,
                List.of(TarEntry.file("pause", 0755, pause)),
                List.of("/pause"),
                List.of("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"),
                List.of()),
            new Image(
                ECHO,
                echoFiles(echo),
                List.of("/bin/echo-server"),
                List.of(
                    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                    "NODE_NAME=" + nodeName),
                List.of(8080))),
        architecture());
  }

  private List<TarEntry> echoFiles(byte[] echo) throws IOException {
    var files = new ArrayList<TarEntry>();
    for (String directory :
        List.of("bin", "dev", "etc", "home", "proc", "root", "sys", "usr", "usr/bin", "var")) {
      files.add(TarEntry.directory(directory, 0755));
    }
    files.add(TarEntry.directory("tmp", 01777));
    files.add(TarEntry.file("bin/busybox", 0755, Files.readAllBytes(busybox)));
    files.add(TarEntry.file("bin/echo-server", 0755, echo));
    shell
        .must(busybox.toString(), "--list")
        .lines()
        .sorted()
        .filter(applet -> !applet.equals("busybox") && applet.matches("[A-Za-z0-9._\\[-]+"))
        .forEach(applet -> files.add(TarEntry.link("bin/" + applet, "busybox")));
    files.add(
        TarEntry.text(
            "etc/passwd",
            "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n"));
    files.add(TarEntry.text("etc/group", "root:x:0:\nnogroup:x:65534:\n"));
    return files;
  }

  /** Compiles a program unless its very source was compiled before. */
  private byte[] compile(String program) throws IOException {
    Path binary = binary(distribution, program);
    if (!Files.exists(binary)) {
      Files.createDirectories(binary.getParent());
      Path fresh =
          binary.resolveSibling(binary.getFileName() + "." + ProcessHandle.current().pid());
      var command = new ArrayList<>(COMPILER);
      command.add(fresh.toString());
      command.add(source(distribution, program).toString());
      shell.must(command.toArray(String[]::new));
      Files.move(
          fresh, binary, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
    return Files.readAllBytes(binary);
  }

  private static Path source(Path distribution, String program) {
    return distribution.resolve("src").resolve(program + ".c");
  }

  private static Path binary(Path distribution, String program) throws IOException {
    var key = new ByteArrayOutputStream();
    key.writeBytes(Files.readAllBytes(source(distribution, program)));
    key.writeBytes(String.join(" ", COMPILER).getBytes(StandardCharsets.UTF_8));
    return distribution
        .resolve("images")
        .resolve(program + "-" + OciArchive.hex(key.toByteArray()).substring(0, 16));
  }

  static String architecture() {
    String name = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
    return switch (name) {
      case "x86_64", "amd64" -> "amd64";
      case "aarch64" -> "arm64";
      default -> name;
    };
  }
}
