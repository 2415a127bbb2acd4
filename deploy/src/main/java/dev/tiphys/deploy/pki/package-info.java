/**
 * Certificates, keys and kubeconfigs of a cluster.
 *
 * <p>{@link dev.tiphys.deploy.pki.Pki} is the table of who gets which certificate; {@link
 * dev.tiphys.deploy.pki.Authority} signs. Called by {@code up} on every run, it renews what has
 * gone or is about to expire and touches nothing else. It must never log or print a key.
 */
@NullMarked
package dev.tiphys.deploy.pki;

import org.jspecify.annotations.NullMarked;
