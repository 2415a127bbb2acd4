/** What pods become: pure functions by table, the rest against a private containerd. */
@NullMarked
package dev.tiphys.kubelet.runtime;

import org.jspecify.annotations.NullMarked;
