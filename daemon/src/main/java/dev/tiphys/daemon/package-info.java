/**
 * What every daemon's main shares: parsing flags, logging, running until SIGTERM, health checks and
 * metrics over HTTP. A daemon hands {@link dev.tiphys.daemon.DaemonMain} its options and a function
 * that starts it; nothing here knows what a daemon does.
 */
@NullMarked
package dev.tiphys.daemon;

import org.jspecify.annotations.NullMarked;
