/** The schema package's own small tools. */
@NullMarked
package dev.tiphys.api.schema;

import org.jspecify.annotations.NullMarked;
