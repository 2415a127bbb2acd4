/**
 * Keeps the wanted number of pods for each ReplicaSet: {@link
 * dev.tiphys.controllermanager.replicaset.ReplicaSetReconciler} acts, {@link
 * dev.tiphys.controllermanager.replicaset.DeletionOrder} says who goes first.
 */
@NullMarked
package dev.tiphys.controllermanager.replicaset;

import org.jspecify.annotations.NullMarked;
