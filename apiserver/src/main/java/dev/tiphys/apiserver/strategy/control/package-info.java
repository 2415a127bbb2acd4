/** The rules of what steers the API server itself: flow control, API services. */
@NullMarked
package dev.tiphys.apiserver.strategy.control;

import org.jspecify.annotations.NullMarked;
