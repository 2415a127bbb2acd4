/**
 * Measures any store that speaks the etcd v3 API, from outside: {@code tiphys bench store
 * --endpoints}. Uses nothing of the store but the messages of the API.
 */
@NullMarked
package dev.tiphys.store.bench;

import org.jspecify.annotations.NullMarked;
