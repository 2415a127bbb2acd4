/** What reading and following container logs promises. */
@NullMarked
package dev.tiphys.kubelet.logs;

import org.jspecify.annotations.NullMarked;
