/**
 * The Kubernetes API as data. Below this package, {@code core.v1}, {@code apps.v1} and their like
 * hold the generated records; {@link dev.tiphys.api.schema} describes records to algorithms; {@link
 * dev.tiphys.api.value} holds the scalar types that Java lacks. Nothing here does I/O or starts a
 * thread, and every value is immutable.
 */
@NullMarked
package dev.tiphys.api;

import org.jspecify.annotations.NullMarked;
