package dev.tiphys.deploy.preflight;

import dev.tiphys.deploy.image.ImageBuilder;
import dev.tiphys.deploy.layout.DataDir;
import dev.tiphys.deploy.machine.Shell;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Everything that is looked at before anything is started. */
public final class Preflight {
  private final Shell shell;
  private final String searchPath;
  private final Consumer<String> progress;

  /**
   * @param searchPath the directories where programs are looked for, as in {@code PATH}
   * @param progress told what is being installed
   */
  public Preflight(Shell shell, String searchPath, Consumer<String> progress) {
    this.shell = shell;
    this.searchPath = searchPath;
    this.progress = progress;
  }

  /**
   * What can be judged without root or any program: wrong here, nothing else is worth trying.
   *
   * @throws IOException when the data directory cannot be looked at
   */
  public static List<String> caller(String user, DataDir directory) throws IOException {
    var complaints = new ArrayList<String>();
    if (!user.equals("root")) {
      complaints.add("Only root can start a cluster here: run it with sudo.");
    }
    Place.complaint(directory).ifPresent(complaints::add);
    return complaints;
  }

  /**
   * Installs missing programs, or tells of them.
   *
   * @param ownRuntime whether we run a containerd of our own
   * @param balancer whether there are several API servers
   * @param mayInstall whether apt may be used
   */
  public List<String> programs(
      Path distribution, boolean ownRuntime, boolean balancer, boolean mayInstall)
      throws IOException {
    List<Need> needs = Need.of(ownRuntime, balancer, !ImageBuilder.compiled(distribution));
    List<Need> missing = missing(needs);
    if (!missing.isEmpty() && mayInstall && shell.run("apt-get", "--version").ok()) {
      var packages = new TreeSet<String>();
      missing.forEach(need -> packages.add(need.debianPackage()));
      progress.accept("installing " + String.join(", ", packages));
      shell.run("apt-get", "update", "-qq");
      var install =
          new ArrayList<>(List.of("apt-get", "install", "-y", "-qq", "--no-install-recommends"));
      install.addAll(packages);
      var done = shell.run(install.toArray(String[]::new));
      missing = missing(needs);
      if (!done.ok() && !missing.isEmpty()) {
        progress.accept("apt-get: " + done.output());
      }
    }
    return missing.isEmpty() ? List.of() : List.of(sentence(missing));
  }

  private List<Need> missing(List<Need> needs) {
    return needs.stream().filter(need -> need.find(searchPath).isEmpty()).toList();
  }

  static String sentence(List<Need> missing) {
    String names =
        missing.stream()
            .map(need -> need.name() + " (package " + need.debianPackage() + ")")
            .collect(Collectors.joining(", "));
    String packages =
        missing.stream()
            .map(Need::debianPackage)
            .distinct()
            .sorted()
            .collect(Collectors.joining(" "));
    return "Missing: " + names + "; on Debian: apt-get install " + packages + ".";
  }

  /**
   * The machine itself.
   *
   * @param ports those that the cluster will listen on and does not yet
   */
  public List<String> machine(DataDir directory, boolean ownRuntime, List<Integer> ports)
      throws IOException {
    var machine = new Machine(shell);
    var findings = new ArrayList<Optional<String>>();
    findings.add(machine.ports(ports));
    findings.add(machine.memory());
    findings.add(machine.disk(directory.root()));
    findings.add(machine.cgroups());
    if (ownRuntime) {
      findings.add(machine.overlay(directory.root()));
      findings.add(machine.bridge());
    }
    findings.add(machine.netfilter());
    return findings.stream().flatMap(Optional::stream).toList();
  }

  /** Where a need that was found lies. */
  public Optional<Path> find(Need need) {
    return need.find(searchPath);
  }

  /** The directory of the CNI plugins. */
  public Path plugins() {
    return Need.plugin("bridge")
        .find(searchPath)
        .map(Path::getParent)
        .orElse(Path.of("/opt/cni/bin"));
  }
}
