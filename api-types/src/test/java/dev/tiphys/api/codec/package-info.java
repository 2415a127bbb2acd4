/** Specifications of {@code dev.tiphys.api.codec}. */
@NullMarked
package dev.tiphys.api.codec;

import org.jspecify.annotations.NullMarked;
