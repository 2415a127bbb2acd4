/** What the kubelet's port promises its clients, over real TLS and against a private containerd. */
@NullMarked
package dev.tiphys.kubelet.server;

import org.jspecify.annotations.NullMarked;
