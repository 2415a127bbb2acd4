/**
 * What must be true of this machine before anything is started, each thing with one sentence for
 * the user when it is not; and the programs that are missing, with the packages that bring them.
 */
@NullMarked
package dev.tiphys.deploy.preflight;

import org.jspecify.annotations.NullMarked;
