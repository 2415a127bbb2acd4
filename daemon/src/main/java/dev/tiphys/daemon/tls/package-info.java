/**
 * TLS from PEM files, as the flags of every daemon name them: private keys in PKCS#8, PKCS#1 and
 * SEC 1, certificate chains, and SSL contexts made of them.
 */
@NullMarked
package dev.tiphys.daemon.tls;

import org.jspecify.annotations.NullMarked;
