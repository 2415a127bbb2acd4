/**
 * Puts a cluster of three processes through kills and stops while clients write and read, and then
 * judges what the clients saw: {@code tiphys bench chaos}. Everything follows from a seed but the
 * timing of processes.
 */
@NullMarked
package dev.tiphys.store.chaos;

import org.jspecify.annotations.NullMarked;
