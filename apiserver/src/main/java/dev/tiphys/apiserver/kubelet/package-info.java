/**
 * The way from the API server to the kubelets: logs streamed through, and exec, attach and
 * port-forward connections passed on byte by byte.
 */
@NullMarked
package dev.tiphys.apiserver.kubelet;

import org.jspecify.annotations.NullMarked;
