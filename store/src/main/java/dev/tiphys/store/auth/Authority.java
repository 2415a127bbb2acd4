package dev.tiphys.store.auth;

import com.google.protobuf.ByteString;
import dev.tiphys.store.mvcc.Guard;
import dev.tiphys.store.mvcc.KeyRange;
import dev.tiphys.store.mvcc.Leases;
import dev.tiphys.store.mvcc.StoreError;
import dev.tiphys.store.record.AuthCommand;
import dev.tiphys.store.record.AuthRecord;
import dev.tiphys.store.record.Command;
import dev.tiphys.store.record.TokenAssignment;
import dev.tiphys.store.rpc.AuthenticateResponse;
import dev.tiphys.store.rpc.PutRequest;
import dev.tiphys.store.rpc.RequestOp;
import dev.tiphys.store.rpc.TxnRequest;
import java.util.List;

/**
 * The rules in force, as part of the state machine. The applying thread changes them; any thread
 * reads.
 */
public final class Authority implements Guard {
  private final TokenHolder tokens;
  private volatile Rules rules = Rules.INITIAL;

  /** Where tokens are kept that were given out through Raft. */
  public interface TokenHolder {
    /** Nobody keeps tokens. */
    TokenHolder NONE =
        new TokenHolder() {
          @Override
          public void assign(String user, ByteString sha256) {}

          @Override
          public void rulesChanged(Rules before, Rules after) {}
        };

    /** From now on, whoever shows the token with this digest is that user. */
    void assign(String user, ByteString sha256);

    /** Forgets the tokens of users that are gone or have another password. */
    void rulesChanged(Rules before, Rules after);
  }

  /** Takes who is told about tokens. */
  public Authority(TokenHolder tokens) {
    this.tokens = tokens;
  }

  /** The rules as of what was applied here. */
  public Rules rules() {
    return rules;
  }

  @Override
  public void check(Command command, Leases leases) {
    var now = rules;
    if (!now.enabled() || !command.hasSender()) {
      return;
    }
    var user = command.getSender().getUser();
    switch (command.getWhatCase()) {
      case PUT -> put(now, user, command.getPut(), leases);
      case DELETE_RANGE -> {
        var delete = command.getDeleteRange();
        var range = KeyRange.of(delete.getKey(), delete.getRangeEnd());
        now.needWrite(user, range);
        if (delete.getPrevKv()) {
          now.needRead(user, range);
        }
      }
      case TXN -> check(now, user, command.getTxn());
      case LEASE_REVOKE -> needLease(now, user, leases, command.getLeaseRevoke().getID());
      case AUTH -> {
        if (!command.getAuth().hasAssignToken()) {
          now.needAdmin(user);
        }
      }
      // Everybody may, as in etcd; changes of members are checked where they come in.
      case COMPACT, LEASE_GRANT, ALARM, MEMBER_SET, MEMBER_REMOVED, WHAT_NOT_SET -> {}
    }
  }

  /** Refuses a transaction when any part of it, taken or not, is not allowed. */
  public static void check(Rules rules, String user, TxnRequest txn) {
    for (var compare : txn.getCompareList()) {
      rules.needRead(user, KeyRange.of(compare.getKey(), compare.getRangeEnd()));
    }
    for (var branch : List.of(txn.getSuccessList(), txn.getFailureList())) {
      for (var op : branch) {
        check(rules, user, op);
      }
    }
  }

  @Override
  public Decision decide(AuthCommand command) {
    if (command.hasAssignToken()) {
      assign(command.getAssignToken());
      return new Decision(AuthenticateResponse.getDefaultInstance(), null);
    }
    var result = RuleChanges.of(rules, command);
    return new Decision(
        result.response(), result.rules() == rules ? null : result.rules().toRecord());
  }

  @Override
  public void restore(AuthRecord record) {
    var before = rules;
    rules = Rules.of(record);
    tokens.rulesChanged(before, rules);
  }

  @Override
  public AuthRecord describe() {
    var now = rules;
    return now == Rules.INITIAL ? AuthRecord.getDefaultInstance() : now.toRecord();
  }

  private void assign(TokenAssignment assignment) {
    if (!rules.enabled()) {
      throw StoreError.AUTH_NOT_ENABLED.exception();
    }
    if (rules.revision() != assignment.getAuthRevision()) {
      throw StoreError.AUTH_OLD_REVISION.exception();
    }
    tokens.assign(assignment.getUser(), assignment.getSha256());
  }

  private static void put(Rules rules, String user, PutRequest put, Leases leases) {
    var key = KeyRange.of(put.getKey(), ByteString.EMPTY);
    rules.needWrite(user, key);
    needLease(rules, user, leases, put.getLease());
    if (put.getPrevKv()) {
      rules.needRead(user, key);
    }
  }

  /** Whoever binds keys to a lease, or ends it, decides about all keys bound to it. */
  private static void needLease(Rules rules, String user, Leases leases, long id) {
    if (id != 0 && !rules.isAdmin(user)) {
      leases.keys(id).forEach(key -> rules.needWrite(user, KeyRange.of(key, ByteString.EMPTY)));
    }
  }

  private static void check(Rules rules, String user, RequestOp op) {
    switch (op.getRequestCase()) {
      case REQUEST_RANGE -> {
        var range = op.getRequestRange();
        rules.needRead(user, KeyRange.of(range.getKey(), range.getRangeEnd()));
      }
      case REQUEST_PUT ->
          rules.needWrite(user, KeyRange.of(op.getRequestPut().getKey(), ByteString.EMPTY));
      case REQUEST_DELETE_RANGE -> {
        var delete = op.getRequestDeleteRange();
        var range = KeyRange.of(delete.getKey(), delete.getRangeEnd());
        if (delete.getPrevKv()) {
          rules.needRead(user, range);
        }
        rules.needWrite(user, range);
      }
      case REQUEST_TXN -> check(rules, user, op.getRequestTxn());
      case REQUEST_NOT_SET -> {}
    }
  }
}
