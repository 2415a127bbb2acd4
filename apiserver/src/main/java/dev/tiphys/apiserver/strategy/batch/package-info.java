/** The rules of kinds in {@code batch}: jobs, and the schedules that make them. */
@NullMarked
package dev.tiphys.apiserver.strategy.batch;

import org.jspecify.annotations.NullMarked;
