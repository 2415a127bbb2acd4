package dev.tiphys.cri;

import io.grpc.StatusRuntimeException;
import org.jspecify.annotations.Nullable;

/**
 * A call that the runtime refused, failed at or did not answer. {@link #kind} says what a caller
 * can do about it; the message is the runtime's own, for people.
 */
public final class CriException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What went wrong, as far as a caller can act on it. */
  public enum Kind {
    /** The sandbox, container or image does not exist (any more). */
    NOT_FOUND,
    /** Something of that name exists already, for instance left by an earlier try. */
    ALREADY_EXISTS,
    /** The request can never succeed as it stands. */
    INVALID,
    /** Nobody answers on the socket. Try again later: the runtime may be restarting. */
    UNAVAILABLE,
    /** No answer in time; what was asked for may still happen. */
    DEADLINE_EXCEEDED,
    /** The runtime does not know this call. */
    UNIMPLEMENTED,
    /** The caller was interrupted, or the client was closed. */
    CANCELLED,
    /** Anything else: the runtime tried and failed. */
    FAILED
  }

  private final Kind kind;

  /** A failure; for runtimes that are not asked over gRPC too. */
  public CriException(Kind kind, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  static CriException of(StatusRuntimeException e) {
    String description = e.getStatus().getDescription();
    return new CriException(
        kindOf(e.getStatus().getCode()),
        description == null ? e.getStatus().getCode().name() : description,
        e);
  }

  private static Kind kindOf(io.grpc.Status.Code code) {
    return switch (code) {
      case NOT_FOUND -> Kind.NOT_FOUND;
      case ALREADY_EXISTS -> Kind.ALREADY_EXISTS;
      case INVALID_ARGUMENT, OUT_OF_RANGE -> Kind.INVALID;
      case UNAVAILABLE -> Kind.UNAVAILABLE;
      case DEADLINE_EXCEEDED -> Kind.DEADLINE_EXCEEDED;
      case UNIMPLEMENTED -> Kind.UNIMPLEMENTED;
      case CANCELLED -> Kind.CANCELLED;
      default -> Kind.FAILED;
    };
  }

  /** What a caller can do about it. */
  public Kind kind() {
    return kind;
  }

  /** Whether the thing asked about does not exist. */
  public boolean isNotFound() {
    return kind == Kind.NOT_FOUND;
  }
}
