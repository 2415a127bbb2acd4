/** {@code rollout}: how a workload's change goes, went before, and is taken back. */
@NullMarked
package dev.tiphys.cli.rollout;

import org.jspecify.annotations.NullMarked;
