/**
 * Whose turn it is: pods by priority, those that failed after a back-off, and those that fit
 * nowhere when something changed that may help.
 */
@NullMarked
package dev.tiphys.scheduler.queue;

import org.jspecify.annotations.NullMarked;
