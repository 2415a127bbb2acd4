package dev.tiphys.apiserver.http;

import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * All of a request but its body.
 *
 * @param method as sent
 * @param target taken apart
 * @param headers as sent, with {@code Host}
 * @param protocol {@code HTTP/1.1} or {@code HTTP/2.0}
 * @param peerCertificates verified; empty if none was presented
 * @param remoteAddress of the client
 */
record RequestHead(
    String method,
    RequestTarget target,
    Headers headers,
    String protocol,
    List<X509Certificate> peerCertificates,
    InetSocketAddress remoteAddress) {}
