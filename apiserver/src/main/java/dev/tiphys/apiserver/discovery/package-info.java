/**
 * What the server says of itself: versions, groups and resources, in the legacy and the aggregated
 * form, and its health. Made of the registry; changes nothing.
 */
@NullMarked
package dev.tiphys.apiserver.discovery;

import org.jspecify.annotations.NullMarked;
