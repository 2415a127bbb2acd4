package dev.tiphys.store.mvcc;

import com.google.protobuf.MessageLite;
import dev.tiphys.store.record.AuthCommand;
import dev.tiphys.store.record.AuthRecord;
import dev.tiphys.store.record.Command;
import org.jspecify.annotations.Nullable;

/**
 * Says who may change what. Its state is part of what members agree on: changed only by commands,
 * kept in the log and in checkpoints. {@link #check}, {@link #decide} and {@link #restore} are
 * called by the applying thread only.
 */
public interface Guard {
  /** Lets everybody do everything, and has no users. */
  Guard OPEN =
      new Guard() {
        @Override
        public void check(Command command, Leases leases) {}

        @Override
        public Decision decide(AuthCommand command) {
          throw StoreError.AUTH_NOT_ENABLED.exception();
        }

        @Override
        public void restore(AuthRecord record) {}

        @Override
        public AuthRecord describe() {
          return AuthRecord.getDefaultInstance();
        }
      };

  /**
   * What comes of a command.
   *
   * @param response for who sent it
   * @param record all users and roles from now on; null when nothing has changed
   */
  record Decision(MessageLite response, @Nullable AuthRecord record) {}

  /**
   * Refuses a command that its sender may not give.
   *
   * @throws StoreException with the reason
   */
  void check(Command command, Leases leases);

  /**
   * Decides about a change of users and roles; it takes effect with {@link #restore}.
   *
   * @throws StoreException when it is not possible
   */
  Decision decide(AuthCommand command);

  /** Takes a state that was recorded. */
  void restore(AuthRecord record);

  /** The state to record; the default instance when there never was a change. */
  AuthRecord describe();
}
