package dev.tiphys.store.service;

import dev.tiphys.store.mvcc.StoreError;
import dev.tiphys.store.mvcc.StoreException;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
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

  private static Status.Code code(StoreError error) {
    return switch (error) {
      case EMPTY_KEY,
          KEY_NOT_FOUND,
          VALUE_PROVIDED,
          LEASE_PROVIDED,
          TOO_MANY_OPS,
          DUPLICATE_KEY,
          INVALID_SORT_OPTION,
          REQUEST_TOO_LARGE ->
          Status.Code.INVALID_ARGUMENT;
      case COMPACTED, FUTURE_REVISION, LEASE_TTL_TOO_LARGE -> Status.Code.OUT_OF_RANGE;
      case NO_SPACE, TOO_MANY_REQUESTS -> Status.Code.RESOURCE_EXHAUSTED;
      case LEASE_NOT_FOUND, MEMBER_NOT_FOUND -> Status.Code.NOT_FOUND;
      case LEASE_EXISTS, NOT_ENOUGH_STARTED_MEMBERS, BAD_LEADER_TRANSFEREE, NOT_LEADER ->
          Status.Code.FAILED_PRECONDITION;
      case NO_LEADER, LEADER_CHANGED, STOPPED, TIMEOUT -> Status.Code.UNAVAILABLE;
      case CORRUPT -> Status.Code.DATA_LOSS;
    };
  }
}
