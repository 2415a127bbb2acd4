/**
 * How many pods may be taken away on purpose: what evictions ask PodDisruptionBudgets for is
 * counted here.
 */
@NullMarked
package dev.tiphys.controllermanager.disruption;

import org.jspecify.annotations.NullMarked;
