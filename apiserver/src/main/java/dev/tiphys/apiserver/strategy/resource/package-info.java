/** The rules of kinds in {@code resource.k8s.io}: devices, and who claims them. */
@NullMarked
package dev.tiphys.apiserver.strategy.resource;

import org.jspecify.annotations.NullMarked;
