/**
 * Watches over nodes: {@link dev.tiphys.controllermanager.node.NodeHealthReconciler} notices those
 * that have gone silent and taints them, {@link
 * dev.tiphys.controllermanager.node.TaintEvictionReconciler} deletes pods that do not tolerate a
 * taint, {@link dev.tiphys.controllermanager.node.PodSweeper} removes pods that nobody looks after,
 * {@link dev.tiphys.controllermanager.node.PodCidrReconciler} gives nodes their pod addresses.
 */
@NullMarked
package dev.tiphys.controllermanager.node;

import org.jspecify.annotations.NullMarked;
