/**
 * Subresources that are more than a part of their object: scale, binding, eviction, tokens, logs,
 * and connections to containers. Each is one class that answers its requests, called by the
 * pipeline's routes.
 */
@NullMarked
package dev.tiphys.apiserver.subresource;

import org.jspecify.annotations.NullMarked;
