/**
 * How members of a cluster reach each other: gRPC at the peer URLs, with TLS on both sides where
 * they say https. {@link dev.tiphys.store.peer.PeerLinks} calls, {@link
 * dev.tiphys.store.peer.PeerServer} is called. What is said is bytes here; {@code raft} knows what
 * they mean.
 */
@NullMarked
package dev.tiphys.store.peer;

import org.jspecify.annotations.NullMarked;
