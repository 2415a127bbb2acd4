/**
 * Which objects are meant: by their labels ({@link dev.tiphys.api.selector.LabelSelectors}) and by
 * single fields ({@link dev.tiphys.api.selector.FieldSelector}). Read from query parameters and
 * from specs, matched for every object of a list or watch, and written back in canonical form.
 */
@NullMarked
package dev.tiphys.api.selector;

import org.jspecify.annotations.NullMarked;
