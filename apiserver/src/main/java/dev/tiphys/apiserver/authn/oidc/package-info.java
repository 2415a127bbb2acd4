/**
 * Tokens of other issuers: what {@code AuthenticationConfiguration} and the {@code --oidc-…} flags
 * say of them, the keys that they publish (OpenID Connect discovery), and what their claims make of
 * a user. Asked by the authenticator after the server's own tokens. Knows nothing of requests.
 */
@NullMarked
package dev.tiphys.apiserver.authn.oidc;

import org.jspecify.annotations.NullMarked;
