/**
 * Service ports as iptables rules. {@link dev.tiphys.kubeproxy.iptables.ServiceRules} is a pure
 * function from services to the contents of chains, {@link
 * dev.tiphys.kubeproxy.iptables.RestoreScript} the text that turns one such content into another;
 * only {@link dev.tiphys.kubeproxy.iptables.Iptables} runs programs.
 *
 * <p>Chains are named as upstream names them, so that operators' tools and habits keep working.
 */
@NullMarked
package dev.tiphys.kubeproxy.iptables;

import org.jspecify.annotations.NullMarked;
