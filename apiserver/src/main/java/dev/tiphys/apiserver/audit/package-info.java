/**
 * The audit log: who asked for what, when, and what came of it, as a policy file tells ({@code
 * audit.k8s.io/v1}). Events go to a file, to a webhook, or to both. The pipeline opens a trail for
 * each request and tells it what happens; nothing here changes a request, and none is refused but
 * where a flag asks for that.
 */
@NullMarked
package dev.tiphys.apiserver.audit;

import org.jspecify.annotations.NullMarked;
