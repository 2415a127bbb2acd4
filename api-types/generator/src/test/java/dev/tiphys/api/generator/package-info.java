/** The generator on small descriptions made by hand. */
@NullMarked
package dev.tiphys.api.generator;

import org.jspecify.annotations.NullMarked;
