/**
 * What the kubelet serves on port 10250: logs, exec, attach and port-forward for the API server,
 * pods and resource use for whoever watches nodes. HTTPS by Netty; each request runs on a virtual
 * thread.
 *
 * <p>Who may ask is decided by an {@link dev.tiphys.kubelet.server.Authenticator} and an {@link
 * dev.tiphys.kubelet.server.Authorizer} that the daemon's wiring brings; what pods there are, by a
 * {@link dev.tiphys.kubelet.server.NodePods}. Nothing here changes a pod.
 */
@NullMarked
package dev.tiphys.kubelet.server;

import org.jspecify.annotations.NullMarked;
