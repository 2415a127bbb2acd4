/** Waiting for conditions, values and deletions. */
@NullMarked
package dev.tiphys.cli.wait;

import org.jspecify.annotations.NullMarked;
