/** The rules of what bounds others: disruption budgets, quotas, limit ranges. */
@NullMarked
package dev.tiphys.apiserver.strategy.policy;

import org.jspecify.annotations.NullMarked;
