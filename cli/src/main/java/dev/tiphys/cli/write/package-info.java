/** Verbs that create, change and delete objects. */
@NullMarked
package dev.tiphys.cli.write;

import org.jspecify.annotations.NullMarked;
