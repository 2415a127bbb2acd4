/**
 * What a command is about: resources and names from arguments, files and selectors, as kubectl
 * reads them.
 */
@NullMarked
package dev.tiphys.cli.select;

import org.jspecify.annotations.NullMarked;
