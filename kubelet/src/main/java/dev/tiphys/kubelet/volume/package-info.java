/**
 * The files of a pod's volumes on this node: directories, and config maps, secrets, tokens and pod
 * facts written as files. What is to be written is computed purely; {@link
 * dev.tiphys.kubelet.volume.AtomicDirectory} writes it so that a reader sees all of the old or all
 * of the new. Nothing here follows a symbolic link that a pod could have made.
 */
@NullMarked
package dev.tiphys.kubelet.volume;

import org.jspecify.annotations.NullMarked;
