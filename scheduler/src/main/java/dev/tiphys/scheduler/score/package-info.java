/**
 * Which of the possible nodes should take a pod: each score gives a node 0 to 100 points. Pure
 * functions.
 */
@NullMarked
package dev.tiphys.scheduler.score;

import org.jspecify.annotations.NullMarked;
