/** How webhooks that authorize are configured. */
@NullMarked
package dev.tiphys.apiserver.authz.webhook;

import org.jspecify.annotations.NullMarked;
