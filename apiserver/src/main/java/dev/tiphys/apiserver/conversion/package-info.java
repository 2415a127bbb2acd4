/**
 * How one version of a kind becomes another. Each object is stored as one version of its kind and
 * served in all; {@link dev.tiphys.apiserver.conversion.Versions} says which is stored and how the
 * others relate to it. Most versions differ in nothing but their names and are converted field by
 * field; what differs more has a class of its own. Pure functions that lose nothing either way.
 */
@NullMarked
package dev.tiphys.apiserver.conversion;

import org.jspecify.annotations.NullMarked;
