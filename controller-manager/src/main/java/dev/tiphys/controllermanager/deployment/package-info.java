/**
 * Rolls Deployments out: {@link dev.tiphys.controllermanager.deployment.Rollout} decides, purely,
 * what to do about a Deployment and its ReplicaSets; {@link
 * dev.tiphys.controllermanager.deployment.DeploymentReconciler} does it. Names of annotations,
 * conditions and reasons are those that {@code kubectl rollout} reads.
 */
@NullMarked
package dev.tiphys.controllermanager.deployment;

import org.jspecify.annotations.NullMarked;
