/**
 * Scalars of the Kubernetes API that Java has no type for: quantities, int-or-string, byte strings,
 * raw JSON. Immutable values with the text and wire forms that the API documents.
 */
@NullMarked
package dev.tiphys.api.value;

import org.jspecify.annotations.NullMarked;
