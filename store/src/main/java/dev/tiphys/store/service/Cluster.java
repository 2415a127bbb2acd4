package dev.tiphys.store.service;

import com.google.protobuf.MessageLite;
import dev.tiphys.store.mvcc.Machine;
import dev.tiphys.store.raft.RaftNode;
import dev.tiphys.store.record.Command;
import dev.tiphys.store.rpc.ResponseHeader;

/**
 * What the services share: this member, its state, its part in Raft.
 *
 * @param clusterId the cluster's number
 * @param memberId this member's number
 * @param access who asks, and what he may
 */
public record Cluster(
    long clusterId, long memberId, Machine machine, RaftNode raft, Access access) {
  /** A header as of now. */
  ResponseHeader header() {
    return header(machine.revision());
  }

  /** A header with a revision that is already known. */
  ResponseHeader header(long revision) {
    return ResponseHeader.newBuilder()
        .setClusterId(clusterId)
        .setMemberId(memberId)
        .setRevision(revision)
        .setRaftTerm(raft.status().term())
        .build();
  }

  /** Completes the header of the state machine. */
  ResponseHeader header(ResponseHeader fromMachine) {
    return header(fromMachine.getRevision());
  }

  /** Proposes a command in the name of this call's sender, and casts its response. */
  <T extends MessageLite> T propose(Command.Builder command, Class<T> response)
      throws InterruptedException {
    return response.cast(raft.propose(signed(command)));
  }

  /** A command in the name of this call's sender. */
  Command signed(Command.Builder command) throws InterruptedException {
    return command.setSender(access.sender()).build();
  }
}
