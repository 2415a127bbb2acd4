/**
 * Objects as JSON trees, so that a kind nobody here knows is as good as a pod: reading them by
 * path, changing and building them, JSONPath, and printing. Pure; knows nothing of clusters or
 * commands.
 */
@NullMarked
package dev.tiphys.cli.tree;

import org.jspecify.annotations.NullMarked;
