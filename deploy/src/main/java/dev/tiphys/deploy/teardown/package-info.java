/**
 * Takes a cluster off this machine again, also when half of it is dead: finds what the cluster made
 * from files below its data directory and from {@code /proc}, never by asking the cluster.
 */
@NullMarked
package dev.tiphys.deploy.teardown;

import org.jspecify.annotations.NullMarked;
