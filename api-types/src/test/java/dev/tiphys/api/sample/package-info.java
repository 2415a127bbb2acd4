/** A kind made by hand, with a field of every sort, that specifications of algorithms share. */
@NullMarked
package dev.tiphys.api.sample;

import org.jspecify.annotations.NullMarked;
