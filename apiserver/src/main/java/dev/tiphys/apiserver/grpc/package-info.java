/**
 * Calls to a gRPC server, as lean as the one store behind us allows: messages are bytes, one
 * connection carries all calls, one event loop owns all state.
 *
 * <p>{@link dev.tiphys.apiserver.grpc.GrpcChannel} connects to the first of several servers that
 * answers, and to the next when that one fails. What may be asked twice is asked again meanwhile;
 * what may not is told to its caller. Used by {@code storage} only; nothing in here knows what is
 * asked.
 */
@NullMarked
package dev.tiphys.apiserver.grpc;

import org.jspecify.annotations.NullMarked;
