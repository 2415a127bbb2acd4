/** The rules of EndpointSlice. */
@NullMarked
package dev.tiphys.apiserver.strategy.discovery;

import org.jspecify.annotations.NullMarked;
