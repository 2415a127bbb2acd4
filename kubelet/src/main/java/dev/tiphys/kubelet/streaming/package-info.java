/**
 * The streams of exec, attach and port-forward, between a client of the kubelet and the streaming
 * server of the container runtime. Toward the runtime it is always SPDY/3.1, the only protocol in
 * which runtimes let stdin end by itself. Toward clients it is what they asked for: WebSocket
 * channels are translated, SPDY passes through untouched.
 *
 * <p>Called by {@code dev.tiphys.kubelet.server} with a connection whose client has been let in.
 * Everything here runs on the client connection's event loop; only {@link
 * dev.tiphys.kubelet.streaming.StreamBridge} may be called from other threads.
 */
@NullMarked
package dev.tiphys.kubelet.streaming;

import org.jspecify.annotations.NullMarked;
