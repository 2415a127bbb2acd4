/**
 * The rules of kinds about how objects are stored: {@code internal.apiserver.k8s.io} and {@code
 * storagemigration.k8s.io}.
 */
@NullMarked
package dev.tiphys.apiserver.strategy.internal;

import org.jspecify.annotations.NullMarked;
