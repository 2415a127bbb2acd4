/** Versions held to losing nothing on the way. */
@NullMarked
package dev.tiphys.apiserver.conversion;

import org.jspecify.annotations.NullMarked;
