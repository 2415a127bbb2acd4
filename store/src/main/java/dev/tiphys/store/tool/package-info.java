/**
 * What an operator types: {@code tiphys store snapshot}, {@code member}, {@code check}, {@code
 * dump}, {@code verify}, {@code import}, {@code export}. Each command is a class; {@link
 * dev.tiphys.store.tool.StoreTool} lists them. They speak to a running member as any client does,
 * and open a data directory only of one that does not run.
 */
@NullMarked
package dev.tiphys.store.tool;

import org.jspecify.annotations.NullMarked;
