/** Specifications of {@code dev.tiphys.api.merge}. */
@NullMarked
package dev.tiphys.api.merge;

import org.jspecify.annotations.NullMarked;
