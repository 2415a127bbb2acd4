/**
 * API groups that other servers serve behind this one: an APIService with a service names them.
 * {@link dev.tiphys.apiserver.aggregation.Aggregator} follows them and says whether they answer,
 * {@link dev.tiphys.apiserver.aggregation.RemoteProxy} passes requests on with who asks.
 */
@NullMarked
package dev.tiphys.apiserver.aggregation;

import org.jspecify.annotations.NullMarked;
