/**
 * {@code tiphys bench apiserver}: measures any API server that a kubeconfig names, ours or another,
 * against the project's aims. Requests come from h2load; watchers are ours, for no load generator
 * watches. Everything is bounded in number and time, and what was made on the server is deleted in
 * the end. Knows nothing of how the server was started.
 */
@NullMarked
package dev.tiphys.deploy.bench;

import org.jspecify.annotations.NullMarked;
