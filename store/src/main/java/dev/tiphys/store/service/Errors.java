package dev.tiphys.store.service;

import dev.tiphys.store.mvcc.StoreError;
import dev.tiphys.store.mvcc.StoreException;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Errors as gRPC statuses, with the codes that etcd gives them. */
final class Errors {
  private static final Logger log = LoggerFactory.getLogger(Errors.class);

  private Errors() {}

  static StatusRuntimeException status(Throwable failure) {
    if (failure instanceof StoreException refused) {
      return code(refused.error())
          .toStatus()
          .withDescription(refused.error().text())
          .asRuntimeException();
    }
    if (failure instanceof StatusRuntimeException already) {
      return already;
    }
    if (failure instanceof InterruptedException) {
      Thread.currentThread().interrupt();
      return Status.UNAVAILABLE.withDescription(StoreError.STOPPED.text()).asRuntimeException();
    }
    log.error("request failed", failure);
    return Status.INTERNAL
        .withDescription("etcdserver: internal error: " + failure.getMessage())
        .asRuntimeException();
  }

  /** The name of a code as programs in Go write it, in texts that hold one. */
  static String name(Status.Code code) {
    var name = new StringBuilder();
    for (var word : code.name().split("_")) {
      name.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
    }
    return name.toString();
  }

  private static Status.Code code(StoreError error) {
    return switch (error) {
      case EMPTY_KEY,
          KEY_NOT_FOUND,
          VALUE_PROVIDED,
          LEASE_PROVIDED,
          TOO_MANY_OPS,
          DUPLICATE_KEY,
          INVALID_SORT_OPTION,
          REQUEST_TOO_LARGE,
          BAD_MEMBER_URLS,
          USER_EMPTY,
          ROLE_EMPTY,
          AUTH_FAILED,
          PERMISSION_NOT_GIVEN,
          AUTH_OLD_REVISION,
          INVALID_AUTH_MANAGEMENT,
          WRONG_DOWNGRADE_FORMAT,
          INVALID_DOWNGRADE_TARGET ->
          Status.Code.INVALID_ARGUMENT;
      case STREAM_SORTED, STREAM_FILTERED -> Status.Code.UNIMPLEMENTED;
      case COMPACTED, FUTURE_REVISION, LEASE_TTL_TOO_LARGE -> Status.Code.OUT_OF_RANGE;
      case NO_SPACE, TOO_MANY_REQUESTS -> Status.Code.RESOURCE_EXHAUSTED;
      case LEASE_NOT_FOUND, MEMBER_NOT_FOUND -> Status.Code.NOT_FOUND;
      case LEASE_EXISTS,
          PEER_URL_EXISTS,
          MEMBER_NOT_LEARNER,
          LEARNER_NOT_READY,
          TOO_MANY_LEARNERS,
          NOT_ENOUGH_STARTED_MEMBERS,
          BAD_LEADER_TRANSFEREE,
          NOT_LEADER,
          ROOT_USER_MISSING,
          ROOT_ROLE_MISSING,
          USER_EXISTS,
          USER_NOT_FOUND,
          ROLE_EXISTS,
          ROLE_NOT_FOUND,
          ROLE_NOT_GRANTED,
          PERMISSION_NOT_GRANTED,
          AUTH_NOT_ENABLED,
          NO_INFLIGHT_DOWNGRADE ->
          Status.Code.FAILED_PRECONDITION;
      case PERMISSION_DENIED -> Status.Code.PERMISSION_DENIED;
      case INVALID_AUTH_TOKEN -> Status.Code.UNAUTHENTICATED;
      case ELECTION_NOT_LEADER, ELECTION_NO_LEADER, SESSION_EXPIRED, UNKNOWN_METHOD ->
          Status.Code.UNKNOWN;
      case NO_LEADER, LEADER_CHANGED, STOPPED, TIMEOUT, UNHEALTHY -> Status.Code.UNAVAILABLE;
      case CORRUPT -> Status.Code.DATA_LOSS;
    };
  }
}
