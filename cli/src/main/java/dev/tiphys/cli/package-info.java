/**
 * The kubectl-style command line. {@link dev.tiphys.cli.Main} splits the words, finds the one class
 * that knows the verb, fills its options, and turns whatever it throws into kubectl's messages and
 * exit codes. A verb gets a {@link dev.tiphys.cli.Session}: the cluster, the namespace, the
 * terminal.
 */
@NullMarked
package dev.tiphys.cli;

import org.jspecify.annotations.NullMarked;
