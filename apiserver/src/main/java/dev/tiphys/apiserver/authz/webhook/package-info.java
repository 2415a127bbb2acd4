/**
 * Authorizers that configuration brings: webhooks, asked with SubjectAccessReviews where conditions
 * in CEL match, and the file of {@code --authorization-config} that lists authorizers and may
 * change at any time. Called by the chain; blocks on the network.
 */
@NullMarked
package dev.tiphys.apiserver.authz.webhook;

import org.jspecify.annotations.NullMarked;
