package dev.tiphys.deploy;

import dev.tiphys.deploy.layout.DataDir;
import dev.tiphys.deploy.machine.Shell;
import dev.tiphys.deploy.process.StoreMember;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code tiphys store}, asked for what mending the cluster's store takes. Not thread-safe. */
final class StoreTool {
  private final Shell shell;
  private final DataDir directory;
  private final Path distribution;
  private String complaint = "";

  StoreTool(Shell shell, DataDir directory, Path distribution) {
    this.shell = shell;
    this.directory = directory;
    this.distribution = distribution;
  }

  /** What the tool said when it failed last, to be put behind a sentence; else nothing. */
  String complaint() {
    return complaint.isEmpty() ? "" : ": " + complaint;
  }

  /**
   * Looks for a member in the cluster that another one belongs to.
   *
   * @return its number, or nothing when it is no member; empty when the cluster does not answer
   */
  Optional<Optional<String>> find(StoreMember helper, StoreMember wanted) {
    return asked(helper, "member", "list").map(members -> number(members, wanted.peerUrl()));
  }

  /** The number of the member with that peer URL, of what {@code member list} prints. */
  static Optional<String> number(String members, String peerUrl) {
    return members
        .lines()
        .filter(line -> (line + " ").contains(" peer-urls=" + peerUrl + " "))
        .map(line -> line.substring(0, line.indexOf(' ')))
        .findFirst();
  }

  /** Takes a member out of the cluster; says whether that was done. */
  boolean remove(StoreMember helper, String number) {
    return asked(helper, "member", "remove", number).isPresent();
  }

  /** Makes room for a member; says whether that was done. */
  boolean add(StoreMember helper, StoreMember added) {
    return asked(helper, "member", "add", added.name(), "--peer-urls=" + added.peerUrl())
        .isPresent();
  }

  /** Makes a data directory of a snapshot. */
  void restore(Path snapshot, Path into) throws Failure {
    if (run(List.of("snapshot", "restore", snapshot.toString(), "--data-dir=" + into)).isEmpty()) {
      throw new Failure(complaint);
    }
  }

  private Optional<String> asked(StoreMember member, String... question) {
    var arguments = new ArrayList<>(List.of(question));
    Path pki = directory.pki().resolve("store");
    arguments.addAll(
        List.of(
            "--endpoints=" + member.clientUrl(),
            "--cacert=" + pki.resolve("ca.crt"),
            "--cert=" + pki.resolve("apiserver-client.crt"),
            "--key=" + pki.resolve("apiserver-client.key")));
    return run(arguments);
  }

  private Optional<String> run(List<String> arguments) {
    var command = new ArrayList<>(List.of(distribution.resolve("bin/daemon").toString(), "store"));
    command.addAll(arguments);
    Shell.Result result = shell.run(command.toArray(String[]::new));
    complaint = result.ok() ? "" : result.output();
    return result.ok() ? Optional.of(result.output()) : Optional.empty();
  }
}
