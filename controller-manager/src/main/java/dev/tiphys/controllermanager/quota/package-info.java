/** Counts what is used of ResourceQuotas, by which the API server bounds what may be created. */
@NullMarked
package dev.tiphys.controllermanager.quota;

import org.jspecify.annotations.NullMarked;
