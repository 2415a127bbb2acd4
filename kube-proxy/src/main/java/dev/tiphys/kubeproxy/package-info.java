/**
 * The kube-proxy: makes service addresses reach pods on this node. It watches Services and
 * EndpointSlices, computes what the kernel's tables should hold ({@link
 * dev.tiphys.kubeproxy.service}, {@link dev.tiphys.kubeproxy.iptables}: pure functions), and writes
 * the difference with {@code iptables-restore}.
 */
@NullMarked
package dev.tiphys.kubeproxy;

import org.jspecify.annotations.NullMarked;
