package dev.tiphys.store.tool;

import dev.tiphys.store.rpc.ClusterGrpc;
import dev.tiphys.store.rpc.Member;
import dev.tiphys.store.rpc.MemberAddRequest;
import dev.tiphys.store.rpc.MemberListRequest;
import dev.tiphys.store.rpc.MemberPromoteRequest;
import dev.tiphys.store.rpc.MemberRemoveRequest;
import dev.tiphys.store.rpc.MemberUpdateRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tiphys store member}: who belongs to the cluster. */
@Command(
    name = "member",
    description = "Lists the members of a cluster, and changes who they are.",
    mixinStandardHelpOptions = true)
final class MemberCommand {
  private static final int HEX = 16;

  @Spec private CommandSpec spec = CommandSpec.create();

  /** Asks the Cluster service. */
  @FunctionalInterface
  private interface Question {
    List<Member> ask(ClusterGrpc.ClusterBlockingStub cluster);
  }

  @Command(name = "list", description = "Lists the members.")
  void list(@Mixin Connection connection) throws IOException, InterruptedException {
    var request = MemberListRequest.newBuilder().setLinearizable(true).build();
    print(connection, cluster -> cluster.memberList(request).getMembersList());
  }

  @Command(
      name = "add",
      description = "Makes room for a member; start it afterwards with the flags that are printed.")
  void add(
      @Mixin Connection connection,
      @Parameters(paramLabel = "NAME") String name,
      @Option(names = "--peer-urls", required = true, split = ",") List<String> peerUrls,
      @Option(names = "--learner", description = "It only listens until it is promoted.")
          boolean learner)
      throws IOException, InterruptedException {
    var request =
        MemberAddRequest.newBuilder().addAllPeerURLs(peerUrls).setIsLearner(learner).build();
    try (var open = connection.open()) {
      var added = ClusterGrpc.newBlockingStub(open.channel()).memberAdd(request);
      var all = new ArrayList<String>();
      for (var member : added.getMembersList()) {
        var called = member.getID() == added.getMember().getID() ? name : member.getName();
        member.getPeerURLsList().forEach(url -> all.add(called + "=" + url));
      }
      spec.commandLine()
          .getOut()
          .printf(
              "added %s%n--name=%s%n--initial-cluster=%s%n--initial-cluster-state=existing%n",
              Long.toHexString(added.getMember().getID()), name, String.join(",", all));
    }
  }

  @Command(name = "remove", description = "Takes a member out of the cluster.")
  void remove(@Mixin Connection connection, @Parameters(paramLabel = "ID") String id)
      throws IOException, InterruptedException {
    var request = MemberRemoveRequest.newBuilder().setID(number(id)).build();
    print(connection, cluster -> cluster.memberRemove(request).getMembersList());
  }

  @Command(name = "update", description = "Tells where a member is reached by the others.")
  void update(
      @Mixin Connection connection,
      @Parameters(paramLabel = "ID") String id,
      @Option(names = "--peer-urls", required = true, split = ",") List<String> peerUrls)
      throws IOException, InterruptedException {
    var request =
        MemberUpdateRequest.newBuilder().setID(number(id)).addAllPeerURLs(peerUrls).build();
    print(connection, cluster -> cluster.memberUpdate(request).getMembersList());
  }

  @Command(name = "promote", description = "Lets a learner vote.")
  void promote(@Mixin Connection connection, @Parameters(paramLabel = "ID") String id)
      throws IOException, InterruptedException {
    var request = MemberPromoteRequest.newBuilder().setID(number(id)).build();
    print(connection, cluster -> cluster.memberPromote(request).getMembersList());
  }

  private void print(Connection connection, Question question)
      throws IOException, InterruptedException {
    try (var open = connection.open()) {
      for (var member : question.ask(ClusterGrpc.newBlockingStub(open.channel()))) {
        spec.commandLine()
            .getOut()
            .printf(
                "%s name=%s peer-urls=%s client-urls=%s learner=%s%n",
                Long.toHexString(member.getID()),
                member.getName(),
                String.join(",", member.getPeerURLsList()),
                String.join(",", member.getClientURLsList()),
                member.getIsLearner());
      }
    }
  }

  private static long number(String id) throws IOException {
    try {
      return Long.parseUnsignedLong(id, HEX);
    } catch (NumberFormatException e) {
      throw new IOException("\"" + id + "\" is no member's number; member list shows them", e);
    }
  }
}
