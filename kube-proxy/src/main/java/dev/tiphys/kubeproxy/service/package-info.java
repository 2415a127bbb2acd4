/**
 * What a node needs to know of a service: its addresses, its backends, and which of them may serve
 * whom. Made from API objects; knows nothing of iptables.
 */
@NullMarked
package dev.tiphys.kubeproxy.service;

import org.jspecify.annotations.NullMarked;
