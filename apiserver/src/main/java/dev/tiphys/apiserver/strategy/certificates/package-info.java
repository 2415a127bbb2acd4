/** The rules of kinds in {@code certificates.k8s.io}. */
@NullMarked
package dev.tiphys.apiserver.strategy.certificates;

import org.jspecify.annotations.NullMarked;
