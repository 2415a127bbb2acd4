/**
 * Asks containers how they are: liveness, readiness and startup probes by exec, HTTP and TCP.
 * {@link dev.tiphys.kubelet.probe.Verdict} turns single answers into verdicts (pure); {@link
 * dev.tiphys.kubelet.probe.Probers} asks on time and remembers the verdicts.
 */
@NullMarked
package dev.tiphys.kubelet.probe;

import org.jspecify.annotations.NullMarked;
