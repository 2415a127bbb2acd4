/**
 * Policies in CEL: what a ValidatingAdmissionPolicy forbids where its bindings say so. {@link
 * dev.tiphys.apiserver.policy.Policies} follows them, {@link
 * dev.tiphys.apiserver.policy.PolicyAdmission} judges.
 */
@NullMarked
package dev.tiphys.apiserver.policy;

import org.jspecify.annotations.NullMarked;
