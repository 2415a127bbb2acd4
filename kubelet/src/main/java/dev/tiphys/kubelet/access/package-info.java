/**
 * Who may reach into this node: callers are named and judged by the API server, whose answers are
 * kept for a while so that a busy client does not cost a review each time.
 */
@NullMarked
package dev.tiphys.kubelet.access;

import org.jspecify.annotations.NullMarked;
