/**
 * How every daemon but the API server, and the command line, sees a cluster: a {@link
 * dev.tiphys.client.Client} gives a typed {@link dev.tiphys.client.ResourceClient} for each
 * resource; errors are {@link dev.tiphys.client.ApiException}s by kind.
 *
 * <p>Sub-packages build on it, each a noun: {@code environment} (time, chance, tasks), {@code
 * kubeconfig}, {@code transport} (HTTP), {@code informer} (caches), {@code controller} (queues and
 * reconcilers), {@code leader} (elections), {@code event} (what operators read). Code here is
 * blocking and meant for virtual threads; nothing reads a clock or starts a thread but through an
 * {@link dev.tiphys.client.environment.Environment}.
 */
@NullMarked
package dev.tiphys.client;

import org.jspecify.annotations.NullMarked;
