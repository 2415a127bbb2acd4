/** Holds calls to their protocol, with servers that fail in every way. */
@NullMarked
package dev.tiphys.apiserver.grpc;

import org.jspecify.annotations.NullMarked;
