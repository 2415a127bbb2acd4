/**
 * Calls that this server makes to others over HTTPS: webhooks, and servers behind an APIService.
 * Where a service is and whom to trust is settled here; what is said is the callers'. Blocks, on
 * virtual threads.
 */
@NullMarked
package dev.tiphys.apiserver.outbound;

import org.jspecify.annotations.NullMarked;
