/** The rules of Lease. */
@NullMarked
package dev.tiphys.apiserver.strategy.coordination;

import org.jspecify.annotations.NullMarked;
