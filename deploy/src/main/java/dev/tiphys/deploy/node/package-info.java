/**
 * The network and the container runtime of this node: interfaces, routes, iptables chains, CNI and
 * containerd configuration.
 *
 * <p>Texts (rules, configuration files) are made by pure functions; {@link
 * dev.tiphys.deploy.node.NodeNetwork} applies them.
 */
@NullMarked
package dev.tiphys.deploy.node;

import org.jspecify.annotations.NullMarked;
