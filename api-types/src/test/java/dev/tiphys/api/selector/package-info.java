/** Specifications of {@code dev.tiphys.api.selector}. */
@NullMarked
package dev.tiphys.api.selector;

import org.jspecify.annotations.NullMarked;
