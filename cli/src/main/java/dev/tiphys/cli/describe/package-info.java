/** {@code describe}: an object in words, with what belongs to it and its events. */
@NullMarked
package dev.tiphys.cli.describe;

import org.jspecify.annotations.NullMarked;
