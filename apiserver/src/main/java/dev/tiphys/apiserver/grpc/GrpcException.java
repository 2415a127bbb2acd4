package dev.tiphys.apiserver.grpc;

/** A call that failed: the server's status, or what it comes to that there is no answer. */
public final class GrpcException extends Exception {

  private static final long serialVersionUID = 1;

  /** The caller has given up. */
  public static final int CANCELLED = 1;

  /** No answer in time. */
  public static final int DEADLINE_EXCEEDED = 4;

  /** More than can be taken. */
  public static final int RESOURCE_EXHAUSTED = 8;

  /** The server does not keep to the protocol. */
  public static final int INTERNAL = 13;

  /** No server, or one that cannot serve now. */
  public static final int UNAVAILABLE = 14;

  private final int status;

  /**
   * A failure.
   *
   * @param status of gRPC
   */
  public GrpcException(int status, String message) {
    super(message);
    this.status = status;
  }

  /** gRPC's number for it. */
  public int status() {
    return status;
  }
}
