/**
 * HTTP as the API server needs it: Netty at the rim, plain blocking code behind it.
 *
 * <p>{@link dev.tiphys.apiserver.http.HttpServer} serves TLS (HTTP/1.1 and HTTP/2) and hands every
 * request to a {@link dev.tiphys.apiserver.http.HttpHandler} on a virtual thread of its own. A
 * handler reads, decides and writes as if it were alone; whatever it does to wait blocks only that
 * thread. Nothing in here knows what an API object is.
 */
@NullMarked
package dev.tiphys.apiserver.http;

import org.jspecify.annotations.NullMarked;
