/**
 * The audit log: who asked for what, when, and what came of it, one JSON event a line, as a policy
 * file tells ({@code audit.k8s.io/v1}). The pipeline opens a trail for each request and tells it
 * what happens; nothing here changes or refuses a request.
 */
@NullMarked
package dev.tiphys.apiserver.audit;

import org.jspecify.annotations.NullMarked;
