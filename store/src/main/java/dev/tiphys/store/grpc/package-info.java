/**
 * gRPC's server side over HTTP/2, for the services of this module: frames to calls, answers to
 * frames. It knows of gRPC what its clients need and nothing else, so that a call costs little code
 * and little time. Everything of a connection belongs to its event loop; answers come from any
 * thread. What a method is, and how services are called, is {@code io.grpc}'s.
 */
@NullMarked
package dev.tiphys.store.grpc;

import org.jspecify.annotations.NullMarked;
