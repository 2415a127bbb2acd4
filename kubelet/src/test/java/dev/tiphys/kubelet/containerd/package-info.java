/** A real containerd, private to a test class, for what cannot be believed without one. */
@NullMarked
package dev.tiphys.kubelet.containerd;

import org.jspecify.annotations.NullMarked;
