/**
 * The Container Runtime Interface: how a kubelet asks a runtime (containerd, CRI-O, a shim) to run
 * pods and to fetch images. {@link dev.tiphys.cri.CriClient} is the whole of it for callers; the
 * messages in {@code dev.tiphys.cri.v1} are generated from this module's {@code .proto} files.
 *
 * <p>Nothing here knows what a Pod is: turning one into sandboxes and containers is the kubelet's.
 */
@NullMarked
package dev.tiphys.cri;

import org.jspecify.annotations.NullMarked;
