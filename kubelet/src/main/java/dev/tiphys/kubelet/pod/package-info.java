/**
 * The life of a pod on this node: what must be done next is decided purely from the pod and what
 * runs ({@link dev.tiphys.kubelet.pod.NextSteps}), done by {@link
 * dev.tiphys.kubelet.pod.PodReconciler}, and told to the API as computed by {@link
 * dev.tiphys.kubelet.pod.PodStatuses}.
 */
@NullMarked
package dev.tiphys.kubelet.pod;

import org.jspecify.annotations.NullMarked;
