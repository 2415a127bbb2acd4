/** Verbs about nodes: cordon, uncordon, drain. */
@NullMarked
package dev.tiphys.cli.node;

import org.jspecify.annotations.NullMarked;
