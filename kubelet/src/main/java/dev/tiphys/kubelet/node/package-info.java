/** The node itself as the API sees it: registration, status, heartbeats. */
@NullMarked
package dev.tiphys.kubelet.node;

import org.jspecify.annotations.NullMarked;
