/** Verbs that reach into pods: logs, exec, attach, port-forward. */
@NullMarked
package dev.tiphys.cli.pod;

import org.jspecify.annotations.NullMarked;
