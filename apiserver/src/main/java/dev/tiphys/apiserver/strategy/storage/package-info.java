/** The rules of volumes, claims and what provides them. */
@NullMarked
package dev.tiphys.apiserver.strategy.storage;

import org.jspecify.annotations.NullMarked;
