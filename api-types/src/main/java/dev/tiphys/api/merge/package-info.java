/**
 * What happens to an object when somebody sends a part of one: defaulting, JSON patch, merge patch,
 * strategic merge patch, server-side apply with its bookkeeping of who owns which field. All of it
 * walks {@link dev.tiphys.api.schema.Struct}s by their types, shares what does not change, and is
 * pure: the time comes as a parameter.
 */
@NullMarked
package dev.tiphys.api.merge;

import org.jspecify.annotations.NullMarked;
