/**
 * What may be stored, beyond what a kind's own rules say: plug-ins that see every write, fill in
 * what the cluster decides and refuse what it forbids. Called by the verbs around a kind's
 * strategy, by {@link dev.tiphys.apiserver.admission.AdmissionChain}, in upstream's order.
 */
@NullMarked
package dev.tiphys.apiserver.admission;

import org.jspecify.annotations.NullMarked;
