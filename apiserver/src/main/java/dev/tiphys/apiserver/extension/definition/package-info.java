/**
 * CustomResourceDefinitions themselves: their rules as a kind, and the life of a definition from
 * its creation over accepted names to the removal of its objects. What a definition brings is made
 * by the package above.
 */
@NullMarked
package dev.tiphys.apiserver.extension.definition;

import org.jspecify.annotations.NullMarked;
