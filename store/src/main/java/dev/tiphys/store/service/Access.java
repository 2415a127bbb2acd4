package dev.tiphys.store.service;

import dev.tiphys.store.auth.Authority;
import dev.tiphys.store.auth.Rules;
import dev.tiphys.store.auth.Tokens;
import dev.tiphys.store.mvcc.KeyRange;
import dev.tiphys.store.mvcc.StoreError;
import dev.tiphys.store.mvcc.StoreException;
import dev.tiphys.store.raft.RaftNode;
import dev.tiphys.store.record.Sender;
import dev.tiphys.store.rpc.RangeRequest;
import dev.tiphys.store.rpc.TxnRequest;

/**
 * Who sends the call that this thread answers, and whether he may read what he asks for. What he
 * may change is judged where the command is applied.
 */
public final class Access {
  private final Authority authority;
  private final Tokens tokens;
  private final RaftNode raft;

  /** Reads something. */
  @FunctionalInterface
  interface Reading<T> {
    T read() throws Exception;
  }

  /** Says whether a user may do something; throws when not. */
  @FunctionalInterface
  interface Need {
    void check(Rules rules, String user);
  }

  /** Takes the rules in force, what tells users by their tokens, and who knows what is newest. */
  public Access(Authority authority, Tokens tokens, RaftNode raft) {
    this.authority = authority;
    this.tokens = tokens;
    this.raft = raft;
  }

  Rules rules() {
    return authority.rules();
  }

  /**
   * The sender of this call; empty when he shows nothing, or nobody need show anything. A token
   * that another member has just given out may be on its way to this one, so that is waited for.
   *
   * @throws StoreException when his token is not right
   */
  String user() throws InterruptedException {
    var rules = authority.rules();
    if (!rules.enabled()) {
      return "";
    }
    var given = Callers.SHOWN.get();
    var shown = given == null ? Callers.Shown.NOTHING : given;
    if (shown.token() != null) {
      try {
        return tokens.user(shown.token(), rules);
      } catch (StoreException e) {
        if (raft.isFreshAtOnce() || e.error() != StoreError.INVALID_AUTH_TOKEN) {
          throw e;
        }
        raft.awaitFresh();
        return tokens.user(shown.token(), authority.rules());
      }
    }
    return shown.commonName() == null ? "" : shown.commonName();
  }

  Sender sender() throws InterruptedException {
    return authority.rules().enabled()
        ? Sender.newBuilder().setUser(user()).build()
        : Sender.getDefaultInstance();
  }

  void needAdmin() throws InterruptedException {
    rules().needAdmin(user());
  }

  void needRead(KeyRange range) throws InterruptedException {
    rules().needRead(user(), range);
  }

  /** Reads a range for this call's sender. */
  <T> T range(RangeRequest request, Reading<T> reading) throws Exception {
    return read(
        (rules, user) -> rules.needRead(user, KeyRange.of(request.getKey(), request.getRangeEnd())),
        reading);
  }

  /** Reads by a transaction for this call's sender. */
  <T> T txn(TxnRequest request, Reading<T> reading) throws Exception {
    return read((rules, user) -> Authority.check(rules, user, request), reading);
  }

  /** The rules may change while we read; then what was read must be allowed by the new ones too. */
  private <T> T read(Need need, Reading<T> reading) throws Exception {
    var rules = authority.rules();
    if (rules.enabled()) {
      need.check(rules, user());
    }
    T result = reading.read();
    var now = authority.rules();
    if (now != rules && now.enabled()) {
      try {
        need.check(now, user());
      } catch (StoreException | InterruptedException e) {
        if (result instanceof AutoCloseable held) {
          held.close();
        }
        throw e;
      }
    }
    return result;
  }
}
