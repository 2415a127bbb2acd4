/** The way to kubelets, checked against a server of our own in a kubelet's place. */
@NullMarked
package dev.tiphys.apiserver.kubelet;

import org.jspecify.annotations.NullMarked;
