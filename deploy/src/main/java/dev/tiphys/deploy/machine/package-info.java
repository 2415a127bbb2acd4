/**
 * The rim towards this machine: running programs, reading {@code /proc}, asking over HTTPS, JSON.
 *
 * <p>Knows nothing of clusters. What it returns are values that the other packages decide upon.
 */
@NullMarked
package dev.tiphys.deploy.machine;

import org.jspecify.annotations.NullMarked;
