/** The rules of webhooks and policies that judge other objects. */
@NullMarked
package dev.tiphys.apiserver.strategy.admissionregistration;

import org.jspecify.annotations.NullMarked;
