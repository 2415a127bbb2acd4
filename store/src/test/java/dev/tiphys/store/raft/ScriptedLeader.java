package dev.tiphys.store.raft;

import com.google.protobuf.ByteString;
import dev.tiphys.store.crash.Recorder;
import dev.tiphys.store.crash.RecordingProvider;
import dev.tiphys.store.record.Batch;
import dev.tiphys.store.record.Command;
import dev.tiphys.store.rpc.PutRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto.AppendResult;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.proto.RaftProtos.StateMachineLogEntryProto;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;

/**
 * A process that is recorded: a member, and the leaders that it has in the course of some terms.
 * They do what Raft allows, of which a seed chooses. Before anything is sent, and when the member
 * has answered, it is noted among the events: see {@link Promises}.
 */
final class ScriptedLeader {
  private static final ClientId CLIENT = ClientId.valueOf(new UUID(1, 1));
  private static final LogEntryProto NONE = LogEntryProto.getDefaultInstance();

  private final Recorder recorder = RecordingProvider.recorder();
  private final Path directory;
  private final boolean synced;
  private final Random random;
  private final List<LogEntryProto> log = new ArrayList<>();
  private OneOfThree member;
  private long term;
  private long leader = 2;
  private int next;
  private long committed = -1;
  private int values;

  private ScriptedLeader(Path directory, boolean synced, long seed) throws IOException {
    this.directory = directory;
    this.synced = synced;
    this.random = new Random(seed);
    this.member = new OneOfThree(directory, OneOfThree.CLUSTER, synced);
  }

  /** Takes the directory, a seed, how many steps, and whether the Raft log is synced. */
  public static void main(String[] args) throws IOException {
    var script =
        new ScriptedLeader(
            Path.of(args[0]), Boolean.parseBoolean(args[3]), Long.parseLong(args[1]));
    script.newTerm();
    for (int i = Integer.parseInt(args[2]); i > 0; i--) {
      script.step();
    }
    script.member.close();
    script.recorder.mark("end");
    System.exit(0);
  }

  private void step() throws IOException {
    switch (random.nextInt(16)) {
      case 0, 1 -> newTerm();
      case 2, 3 -> kill();
      case 4 -> restart();
      case 5, 6 -> member.machine().checkpoint();
      case 7 -> {
        addAll(140); // more than are synced together
        replicate();
      }
      default -> {
        addAll(1 + random.nextInt(5));
        replicate();
        commit();
      }
    }
  }

  /** Another leader, which may lack what was not committed. */
  private void newTerm() throws IOException {
    term += 1 + random.nextInt(2);
    leader = 2 + random.nextInt(2);
    if (random.nextInt(3) > 0) {
      recorder.mark("asks " + term + " " + leader);
      if (member.vote(term, leader, term - 1, log.size() + 1).getServerReply().getSuccess()) {
        recorder.mark("votes " + term + " " + leader);
      }
    }
    int first = (int) committed + 1;
    int kept = first + random.nextInt(log.size() - first + 1);
    log.subList(kept, log.size()).clear();
    next = Math.min(next, kept);
    add("", "-");
    replicate();
  }

  private void addAll(int count) {
    for (int i = 0; i < count; i++) {
      var padding = random.nextInt(10) == 0 ? random.nextInt(20_000) : random.nextInt(90);
      add("k" + random.nextInt(7), values++ + "x".repeat(padding));
    }
  }

  private void add(String key, String value) {
    var sent = new Promises.Sent(term, log.size(), key, value);
    log.add(entry(sent));
    recorder.mark(sent.toMark());
  }

  /** What the member is sent. */
  static LogEntryProto entry(Promises.Sent sent) {
    var entry = LogEntryProto.newBuilder().setTerm(sent.term()).setIndex(sent.index());
    if (sent.key().isEmpty()) {
      var peers = RaftConfigurationProto.newBuilder();
      OneOfThree.MEMBERS.forEach(
          m -> peers.addPeers(Peers.voter(m.id(), m.peerUrls()).getRaftPeerProto()));
      return entry.setConfigurationEntry(peers).build();
    }
    var put =
        PutRequest.newBuilder()
            .setKey(ByteString.copyFromUtf8(sent.key()))
            .setValue(ByteString.copyFromUtf8(sent.value()));
    var batch = Batch.newBuilder().addCommands(Command.newBuilder().setPut(put)).build();
    return entry
        .setStateMachineLogEntry(
            StateMachineLogEntryProto.newBuilder()
                .setClientId(CLIENT.toByteString())
                .setCallId(sent.index())
                .setLogData(UnsafeByteOperations.unsafeWrap(batch.toByteArray())))
        .build();
  }

  /** Sends what the member has not answered yet, until it has. */
  private void replicate() throws IOException {
    for (int failed = 0; next < log.size(); ) {
      for (var reply : send()) {
        try {
          var answer = reply.join();
          if (answer.getResult() == AppendResult.SUCCESS) {
            next = (int) answer.getNextIndex();
            recorder.mark("has " + term + " " + (next - 1));
          } else {
            next = (int) Math.min(answer.getNextIndex(), log.size());
          }
        } catch (CompletionException e) {
          if (failed++ > 20) {
            throw new IOException("it does not answer", e);
          }
        }
      }
    }
  }

  private List<CompletableFuture<AppendEntriesReplyProto>> send() {
    var replies = new ArrayList<CompletableFuture<AppendEntriesReplyProto>>();
    for (int from = next; from < log.size(); ) {
      int to = Math.min(log.size(), from + 1 + random.nextInt(60));
      replies.add(
          member.append(
              term,
              leader,
              from == 0 ? NONE : log.get(from - 1),
              log.subList(from, to),
              committed));
      from = to;
    }
    return replies;
  }

  private void commit() {
    committed += random.nextInt((int) (next - committed));
    recorder.mark("commits " + committed);
    member.append(term, leader, log.get(next - 1), List.of(), committed).join();
  }

  /** Stops it while something is on the way: mostly, when that is written and not synced. */
  private void kill() throws IOException {
    addAll(1 + random.nextInt(30));
    if (random.nextInt(4) > 0) {
      recorder.killAtSync();
    }
    send();
    for (int wait = random.nextInt(1000); wait > 0 && !recorder.isDead(); wait--) {
      LockSupport.parkNanos(100_000);
    }
    recorder.kill();
    try {
      member.close();
    } catch (IOException e) {
      // as wanted: it could not even sync
    }
    recorder.revive();
    begin();
  }

  private void restart() throws IOException {
    member.close();
    begin();
  }

  private void begin() throws IOException {
    member = new OneOfThree(directory, OneOfThree.CLUSTER, synced);
    replicate();
  }
}
