package dev.tiphys.store.grpc;

import io.grpc.Metadata;
import io.grpc.Status;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a call begins with.
 *
 * @param path the method's name behind a slash
 * @param authority whom the client means to speak to; "" when it does not say
 * @param timeout how long the client waits for the end; null: as long as it takes
 * @param encoding how messages may be compressed; "identity" for not
 * @param metadata the fields that are not gRPC's own; not to be changed
 * @param refusal why this is no call of gRPC; null when it is one
 */
record Head(
    String path,
    String authority,
    @Nullable Duration timeout,
    String encoding,
    Metadata metadata,
    @Nullable Refusal refusal) {

  static final String IDENTITY = "identity";

  /** An answer to what is no call: for those who know HTTP only, and for those who know gRPC. */
  record Refusal(int httpStatus, Status status) {}
}
