/** What the HTTP server promises, checked with clients that others wrote and with raw sockets. */
@NullMarked
package dev.tiphys.apiserver.http;

import org.jspecify.annotations.NullMarked;
