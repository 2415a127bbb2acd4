/**
 * The etcd v3 services over gRPC: the edge. Each service checks what can be checked without the
 * state, hands the request to Raft or to the state machine, fills in headers, and turns errors into
 * gRPC statuses with etcd's codes and texts.
 */
@NullMarked
package dev.tiphys.store.service;

import org.jspecify.annotations.NullMarked;
