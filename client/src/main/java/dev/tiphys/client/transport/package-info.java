/**
 * HTTP to an API server: {@link dev.tiphys.client.transport.Transport} is what the client needs of
 * it, {@link dev.tiphys.client.transport.HttpTransport} does it with the JDK's client. Whoever
 * needs bytes instead of objects (the command line, log streams) may use it as well.
 */
@NullMarked
package dev.tiphys.client.transport;

import org.jspecify.annotations.NullMarked;
