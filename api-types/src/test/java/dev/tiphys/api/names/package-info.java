/** Specifications of {@code dev.tiphys.api.names}. */
@NullMarked
package dev.tiphys.api.names;

import org.jspecify.annotations.NullMarked;
