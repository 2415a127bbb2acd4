package dev.tiphys.apiserver.outbound;

import javax.net.ssl.SSLContext;

/**
 * Whom to call and how to know them; equal peers share connections.
 *
 * @param tls whom we believe, and who we say we are
 * @param verifies whether the certificate must be for the destination's server name
 */
public record Peer(Destination destination, SSLContext tls, boolean verifies) {}
