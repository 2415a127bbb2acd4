/**
 * The processes of a cluster: which daemons there are with which flags, and the keepers that start
 * them again.
 *
 * <p>Keepers are shell scripts (src/main/sh/supervise); this package starts, finds and ends them.
 */
@NullMarked
package dev.tiphys.deploy.process;

import org.jspecify.annotations.NullMarked;
