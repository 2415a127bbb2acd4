/**
 * Groups of flags that several daemons have alike, as picocli mix-ins: where to serve health and
 * metrics, how to elect a leader. Names and defaults are upstream's.
 */
@NullMarked
package dev.tiphys.daemon.options;

import org.jspecify.annotations.NullMarked;
