/** Verbs about the server itself and how to reach it. */
@NullMarked
package dev.tiphys.cli.server;

import org.jspecify.annotations.NullMarked;
