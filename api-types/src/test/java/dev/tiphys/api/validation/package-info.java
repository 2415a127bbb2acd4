/** Specifications of {@code dev.tiphys.api.validation}. */
@NullMarked
package dev.tiphys.api.validation;

import org.jspecify.annotations.NullMarked;
