package dev.tiphys.deploy;

import dev.tiphys.deploy.layout.ClusterSettings;
import dev.tiphys.deploy.layout.DataDir;
import dev.tiphys.deploy.machine.ProcessTable;
import dev.tiphys.deploy.machine.Shell;
import dev.tiphys.deploy.node.ControlPlaneNetwork;
import dev.tiphys.deploy.process.Daemon;
import dev.tiphys.deploy.process.Daemons;
import dev.tiphys.deploy.process.Keeper;
import dev.tiphys.deploy.process.StoreMember;
import dev.tiphys.deploy.process.StoreStart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Makes members of the store anew. Whatever it has to take out of the way it renames; each of its
 * ways may be gone again from the start when it was interrupted.
 */
final class StoreRepair {
  private final DataDir directory;
  private final Progress progress;
  private final Shell shell = new Shell();
  private final Daemons daemons;
  private final Keeper keeper;
  private final StoreTool tool;
  private final Cluster cluster;

  StoreRepair(DataDir directory, ClusterSettings settings, Path distribution, Progress progress)
      throws Exception {
    this.directory = directory;
    this.progress = progress;
    // Of the daemons only stores are started here, which do not know the node's address.
    this.daemons = new Daemons(directory, settings, "127.0.0.1", distribution);
    this.keeper = new Keeper(directory, distribution, new ProcessTable(Path.of("/proc")));
    this.tool = new StoreTool(shell, directory, distribution);
    this.cluster = Cluster.open(directory, settings);
    new ControlPlaneNetwork(shell, directory).ensure(settings);
  }

  /** The member of that daemon. */
  StoreMember member(String daemon) throws Failure {
    return daemons.members().stream()
        .filter(member -> member.daemon().equals(daemon))
        .findFirst()
        .orElseThrow(() ->
            new Failure(
                "There is no member '"
                    + daemon
                    + "': choose of "
                    + String.join(", ", names(daemons.members()))
                    + "."));
  }

  /**
   * A member that has lost its data, or should: the others, all of which are well, give it theirs.
   */
  void replace(StoreMember lost) throws Exception {
    List<StoreMember> others = others(lost);
    if (others.isEmpty()) {
      throw new Failure(
          "There is no other member that could give "
              + lost.daemon()
              + " its data back:"
              + " restore a snapshot with `tiphys repair --from-snapshot FILE`.");
    }
    List<String> sick = names(others.stream().filter(other -> !well(other)).toList());
    if (!sick.isEmpty()) {
      throw new Failure(
          "Not well either: "
              + String.join(", ", sick)
              + ". Start what does not run first (`tiphys up`); if data is lost there as well,"
              + " `tiphys repair --from-member` makes a cluster of what is left.");
    }
    StoreMember helper = others.getFirst();
    step("ended " + lost.daemon(), () -> keeper.stop(List.of(lost.daemon()), Limits.DAEMON_END));
    step(
        "removed it from the cluster",
        () -> await("the cluster to let go of " + lost.daemon(), () -> !letGo(helper, lost)));
    putAside(lost);
    join(lost, helper);
  }

  /** No majority is left: the cluster becomes what one member has. */
  void fromMember(StoreMember survivor) throws Exception {
    if (!Files.exists(survivor.data().resolve("identity"))) {
      throw new Failure(
          survivor.data() + " holds no member's data: name another member, or restore a snapshot.");
    }
    stopAll();
    Path copy = free(survivor.data(), ".before-repair-");
    step(
        "copied its data to " + copy.getFileName(),
        () ->
            shell.must("cp", "-a", "--reflink=auto", survivor.data().toString(), copy.toString()));
    step(
        "began a new cluster of " + survivor.daemon(),
        () -> {
          start(survivor, StoreStart.FORCED);
          keeper.stop(List.of(survivor.daemon()), Limits.DAEMON_END);
          start(survivor, StoreStart.TOGETHER);
        });
    anewFrom(survivor);
  }

  /** All is lost, or wrong: the cluster becomes what a snapshot has. */
  void fromSnapshot(Path snapshot) throws Exception {
    StoreMember first = daemons.members().getFirst();
    Path restored = first.data().resolveSibling(first.data().getFileName() + ".restored");
    // What an interrupted repair left of its own.
    shell.must("rm", "-rf", "--one-file-system", restored.toString());
    step("restored " + snapshot.getFileName(), () -> tool.restore(snapshot, restored));
    stopAll();
    putAside(first);
    Files.move(restored, first.data());
    step("began a new cluster of it", () -> start(first, StoreStart.ALONE));
    anewFrom(first);
  }

  private void anewFrom(StoreMember source) throws Exception {
    for (StoreMember other : others(source)) {
      putAside(other);
      join(other, source);
    }
  }

  /** Whatever may remember what is about to be undone, the store last. Containers go on. */
  private void stopAll() throws Exception {
    List<String> stores = names(daemons.members());
    List<String> clients =
        daemons.all().stream()
            .filter(Daemon::java)
            .map(Daemon::name)
            .filter(name -> !stores.contains(name))
            .toList();
    step(
        "ended all daemons but the runtime",
        () -> {
          keeper.stop(clients, Limits.DAEMON_END);
          keeper.stop(stores, Limits.DAEMON_END);
        });
  }

  /** Has the cluster remove a member; true once it says that there is no such member. */
  private boolean letGo(StoreMember helper, StoreMember lost) {
    Optional<Optional<String>> found = tool.find(helper, lost);
    found.flatMap(number -> number).ifPresent(number -> tool.remove(helper, number));
    return found.isPresent() && found.get().isEmpty();
  }

  /** Starts a member without data as a part of a cluster that it does not belong to yet. */
  private void join(StoreMember joining, StoreMember helper) throws Exception {
    step(
        joining.daemon() + " has the data of the others",
        () -> {
          await(
              "the cluster to take " + joining.daemon() + " in",
              () ->
                  tool.find(helper, joining)
                      .map(found -> found.isEmpty() && !tool.add(helper, joining))
                      .orElse(true));
          start(joining, StoreStart.JOINING);
        });
  }

  private void start(StoreMember member, StoreStart start) throws Exception {
    keeper.start(daemons.store(member, start));
    await(member.daemon(), () -> !well(member));
  }

  private boolean well(StoreMember member) {
    return Optional.ofNullable(daemons.store(member, StoreStart.TOGETHER).health())
        .map(cluster::healthy)
        .orElse(false);
  }

  private void putAside(StoreMember member) throws IOException {
    if (Files.exists(member.data())) {
      Path aside = free(member.data(), ".old-");
      Files.move(member.data(), aside);
      progress.say(
          "what " + member.daemon() + " had lies in " + aside + "; delete it when all is well");
    }
  }

  private static Path free(Path path, String suffix) {
    for (int number = 1; ; number++) {
      Path name = path.resolveSibling(path.getFileName() + suffix + number);
      if (!Files.exists(name)) {
        return name;
      }
    }
  }

  private List<StoreMember> others(StoreMember member) {
    return daemons.members().stream().filter(other -> !other.equals(member)).toList();
  }

  private static List<String> names(List<StoreMember> members) {
    return members.stream().map(StoreMember::daemon).toList();
  }

  /** Work without a result. */
  @FunctionalInterface
  private interface Work {
    void run() throws Exception;
  }

  private void step(String what, Work work) throws Exception {
    Callable<Boolean> done =
        () -> {
          work.run();
          return true;
        };
    progress.step(what, done);
  }

  private void await(String what, BooleanSupplier missing) throws Failure {
    long deadline = System.nanoTime() + Limits.READY.toNanos();
    while (missing.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new Failure(
            "Waited "
                + Limits.READY.toSeconds()
                + " s for "
                + what
                + tool.complaint()
                + ". The logs in "
                + directory.log()
                + " tell more; the same command may be given again.");
      }
      LockSupport.parkNanos(Limits.POLL.toNanos());
    }
  }
}
