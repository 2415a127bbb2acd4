/** Specifications of {@code dev.tiphys.api.value}. */
@NullMarked
package dev.tiphys.api.value;

import org.jspecify.annotations.NullMarked;
