/**
 * Schemas that definitions bring: whether a schema is structural, whether a value is what its
 * schema says, in upstream's words, and the paths that point into values. Pure functions on trees;
 * nothing here knows a store, a request or a definition.
 */
@NullMarked
package dev.tiphys.apiserver.extension.schema;

import org.jspecify.annotations.NullMarked;
