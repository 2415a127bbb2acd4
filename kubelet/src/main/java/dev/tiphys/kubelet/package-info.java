/**
 * The kubelet: runs the pods that are bound to its node. {@link dev.tiphys.kubelet.pod} leads a pod
 * from its spec to its end, {@link dev.tiphys.kubelet.runtime} is how containers are run, {@link
 * dev.tiphys.kubelet.volume} their files, {@link dev.tiphys.kubelet.probe} how they are, {@link
 * dev.tiphys.kubelet.node} the node itself, {@link dev.tiphys.kubelet.server} who may look and
 * reach in.
 */
@NullMarked
package dev.tiphys.kubelet;

import org.jspecify.annotations.NullMarked;
