/** What streams promise where no runtime is needed to see it. */
@NullMarked
package dev.tiphys.kubelet.streaming;

import org.jspecify.annotations.NullMarked;
