/**
 * Container logs as the runtime leaves them on disk: parsing lines, finding the last N of them,
 * following a file over its renaming. The kubelet's server calls this; nothing here knows of pods
 * or of HTTP.
 */
@NullMarked
package dev.tiphys.kubelet.logs;

import org.jspecify.annotations.NullMarked;
