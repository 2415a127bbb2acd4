/** The rules of kinds in {@code autoscaling}. */
@NullMarked
package dev.tiphys.apiserver.strategy.autoscaling;

import org.jspecify.annotations.NullMarked;
