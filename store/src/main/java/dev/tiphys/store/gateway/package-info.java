/**
 * etcd's JSON gateway: the v3 API for whoever has no gRPC, with the paths, names and errors of
 * grpc-gateway as etcd 3.5 has it. It runs the same intercepted services as gRPC does, in this
 * process, so tokens, metrics and the need for a leader count here too. It knows messages and JSON;
 * of connections only what {@link dev.tiphys.store.gateway.JsonAnswer} says. The HTTP/1 connections
 * of the client URLs call it.
 */
@NullMarked
package dev.tiphys.store.gateway;

import org.jspecify.annotations.NullMarked;
