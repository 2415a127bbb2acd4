/** {@code get}: reading, listing and watching. */
@NullMarked
package dev.tiphys.cli.get;

import org.jspecify.annotations.NullMarked;
